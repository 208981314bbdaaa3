package scenarios

import "github.com/podsim/podsim/models/yamlnode"

// deschedulerPolicy is a DeschedulerPolicy as it is written.
// Source: descheduler pkg/api/v1alpha2/types.go.
type deschedulerPolicy struct {
	APIVersion                       string                `yaml:"apiVersion" required:"true"`
	Kind                             string                `yaml:"kind" required:"true"`
	Metadata                         *yamlnode.Node        `yaml:"metadata"`
	Profiles                         []deschedulerProfile  `yaml:"profiles"`
	NodeSelector                     string                `yaml:"nodeSelector"`
	MaxNoOfPodsToEvictPerNode        *uint                 `yaml:"maxNoOfPodsToEvictPerNode"`
	MaxNoOfPodsToEvictPerNamespace   *uint                 `yaml:"maxNoOfPodsToEvictPerNamespace"`
	MaxNoOfPodsToEvictTotal          *uint                 `yaml:"maxNoOfPodsToEvictTotal"`
	GracePeriodSeconds               *int64                `yaml:"gracePeriodSeconds" min:"0"`
	EvictionFailureEventNotification bool                  `yaml:"evictionFailureEventNotification"`
	MetricsCollector                 metricsCollector      `yaml:"metricsCollector"`
	MetricsProviders                 []deschedulerProvider `yaml:"metricsProviders"`
}

// metricsCollector is the old way to say where it learns what nodes and pods use.
type metricsCollector struct {
	Enabled bool `yaml:"enabled"`
}

// deschedulerProvider is where the descheduler learns what nodes and pods use.
type deschedulerProvider struct {
	Source     string         `yaml:"source" enum:"KubernetesMetrics,Prometheus"`
	Prometheus *yamlnode.Node `yaml:"prometheus"`
}

type deschedulerProfile struct {
	Name         string               `yaml:"name"`
	PluginConfig []deschedulerArgs    `yaml:"pluginConfig"`
	Plugins      deschedulerExtension `yaml:"plugins"`
}

type deschedulerArgs struct {
	Name string         `yaml:"name" required:"true"`
	Args *yamlnode.Node `yaml:"args"`
}

// deschedulerExtension names plugins by extension point.
type deschedulerExtension struct {
	PreSort           deschedulerSet `yaml:"presort"`
	Sort              deschedulerSet `yaml:"sort"`
	Deschedule        deschedulerSet `yaml:"deschedule"`
	Balance           deschedulerSet `yaml:"balance"`
	Filter            deschedulerSet `yaml:"filter"`
	PreEvictionFilter deschedulerSet `yaml:"preevictionfilter"`
}

type deschedulerSet struct {
	Enabled  []string `yaml:"enabled"`
	Disabled []string `yaml:"disabled"`
}

// names are namespaces or kinds of owners, of which only one list may be given.
type includeExclude struct {
	Include []string `yaml:"include"`
	Exclude []string `yaml:"exclude"`
}

// typeMeta is how arguments may name their own type.
type typeMeta struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
}

// scopeArgs are the arguments that most strategies take.
type scopeArgs struct {
	Namespaces    includeExclude `yaml:"namespaces"`
	LabelSelector *LabelSelector `yaml:"labelSelector"`
}

// defaultEvictorArgs are the arguments of DefaultEvictor.
// Source: descheduler pkg/framework/plugins/defaultevictor/types.go.
type defaultEvictorArgs struct {
	typeMeta                `yaml:",inline"`
	NodeSelector            string             `yaml:"nodeSelector"`
	LabelSelector           *LabelSelector     `yaml:"labelSelector"`
	NamespaceLabelSelector  *LabelSelector     `yaml:"namespaceLabelSelector"`
	PriorityThreshold       *priorityThreshold `yaml:"priorityThreshold"`
	NodeFit                 bool               `yaml:"nodeFit"`
	MinReplicas             uint               `yaml:"minReplicas"`
	MinPodAge               string             `yaml:"minPodAge"`
	NoEvictionPolicy        string             `yaml:"noEvictionPolicy" enum:"Preferred,Mandatory"`
	PodProtections          podProtections     `yaml:"podProtections"`
	EvictLocalStoragePods   bool               `yaml:"evictLocalStoragePods"`
	EvictDaemonSetPods      bool               `yaml:"evictDaemonSetPods"`
	EvictSystemCriticalPods bool               `yaml:"evictSystemCriticalPods"`
	IgnorePvcPods           bool               `yaml:"ignorePvcPods"`
	IgnorePodsWithoutPDB    bool               `yaml:"ignorePodsWithoutPDB"`
	EvictFailedBarePods     bool               `yaml:"evictFailedBarePods"`
}

type priorityThreshold struct {
	Value *int32 `yaml:"value"`
	Name  string `yaml:"name"`
}

type podProtections struct {
	ExtraEnabled    []string `yaml:"extraEnabled"`
	DefaultDisabled []string `yaml:"defaultDisabled"`
	Config          *struct {
		PodsWithPVC *struct {
			ProtectedStorageClasses []struct {
				Name string `yaml:"name" required:"true"`
			} `yaml:"protectedStorageClasses"`
		} `yaml:"PodsWithPVC"`
	} `yaml:"config"`
}

// Arguments of strategies.
// Source: descheduler pkg/framework/plugins/*/types.go.
type (
	duplicatesArgs struct {
		typeMeta          `yaml:",inline"`
		Namespaces        includeExclude `yaml:"namespaces"`
		ExcludeOwnerKinds []string       `yaml:"excludeOwnerKinds"`
	}
	lowNodeUtilizationArgs struct {
		typeMeta               `yaml:",inline"`
		UseDeviationThresholds bool               `yaml:"useDeviationThresholds"`
		Thresholds             map[string]float64 `yaml:"thresholds"`
		TargetThresholds       map[string]float64 `yaml:"targetThresholds"`
		NumberOfNodes          int                `yaml:"numberOfNodes" min:"0"`
		EvictableNamespaces    includeExclude     `yaml:"evictableNamespaces"`
		EvictionLimits         struct {
			Node *uint `yaml:"node"`
		} `yaml:"evictionLimits"`
		MetricsUtilization *metricsUtilization `yaml:"metricsUtilization"`
	}
	metricsUtilization struct {
		MetricsServer bool           `yaml:"metricsServer"`
		Source        string         `yaml:"source" enum:"KubernetesMetrics,Prometheus"`
		Prometheus    *yamlnode.Node `yaml:"prometheus"`
	}
	highNodeUtilizationArgs struct {
		typeMeta            `yaml:",inline"`
		Thresholds          map[string]float64 `yaml:"thresholds"`
		NumberOfNodes       int                `yaml:"numberOfNodes" min:"0"`
		EvictionModes       []string           `yaml:"evictionModes"`
		EvictableNamespaces includeExclude     `yaml:"evictableNamespaces"`
	}
	topologySpreadArgs struct {
		typeMeta               `yaml:",inline"`
		scopeArgs              `yaml:",inline"`
		Constraints            []string `yaml:"constraints"`
		TopologyBalanceNodeFit *bool    `yaml:"topologyBalanceNodeFit"`
	}
	antiAffinityArgs struct {
		typeMeta  `yaml:",inline"`
		scopeArgs `yaml:",inline"`
	}
	nodeAffinityArgs struct {
		typeMeta         `yaml:",inline"`
		scopeArgs        `yaml:",inline"`
		NodeAffinityType []string `yaml:"nodeAffinityType"`
	}
	nodeTaintsArgs struct {
		typeMeta                `yaml:",inline"`
		scopeArgs               `yaml:",inline"`
		IncludePreferNoSchedule bool     `yaml:"includePreferNoSchedule"`
		ExcludedTaints          []string `yaml:"excludedTaints"`
		IncludedTaints          []string `yaml:"includedTaints"`
	}
	restartsArgs struct {
		typeMeta                `yaml:",inline"`
		scopeArgs               `yaml:",inline"`
		PodRestartThreshold     int32    `yaml:"podRestartThreshold"`
		IncludingInitContainers bool     `yaml:"includingInitContainers"`
		States                  []string `yaml:"states"`
	}
	lifeTimeArgs struct {
		typeMeta                     `yaml:",inline"`
		scopeArgs                    `yaml:",inline"`
		OwnerKinds                   includeExclude  `yaml:"ownerKinds"`
		MaxPodLifeTimeSeconds        *uint           `yaml:"maxPodLifeTimeSeconds"`
		States                       []string        `yaml:"states"`
		Conditions                   []conditionArgs `yaml:"conditions"`
		ExitCodes                    []int32         `yaml:"exitCodes"`
		IncludingInitContainers      bool            `yaml:"includingInitContainers"`
		IncludingEphemeralContainers bool            `yaml:"includingEphemeralContainers"`
	}
	conditionArgs struct {
		Type                              string `yaml:"type"`
		Status                            string `yaml:"status" enum:"True,False,Unknown"`
		Reason                            string `yaml:"reason"`
		MinTimeSinceLastTransitionSeconds *uint  `yaml:"minTimeSinceLastTransitionSeconds"`
	}
	failedPodsArgs struct {
		typeMeta                `yaml:",inline"`
		scopeArgs               `yaml:",inline"`
		ExcludeOwnerKinds       []string `yaml:"excludeOwnerKinds"`
		MinPodLifetimeSeconds   *uint    `yaml:"minPodLifetimeSeconds"`
		Reasons                 []string `yaml:"reasons"`
		ExitCodes               []int32  `yaml:"exitCodes"`
		IncludingInitContainers bool     `yaml:"includingInitContainers"`
	}
)
