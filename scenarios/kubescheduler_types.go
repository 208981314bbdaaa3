package scenarios

import (
	"time"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler/framework"
)

// schedulerConfiguration is a KubeSchedulerConfiguration as it is written. Nil is
// what is left to the defaults.
// Source: k8s.io/kube-scheduler/config/v1/types.go.
type schedulerConfiguration struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`

	Parallelism               *int32             `json:"parallelism"`
	LeaderElection            leaderElection     `json:"leaderElection"`
	ClientConnection          clientConnection   `json:"clientConnection"`
	EnableProfiling           *bool              `json:"enableProfiling"`
	EnableContentionProfiling *bool              `json:"enableContentionProfiling"`
	PercentageOfNodesToScore  *int32             `json:"percentageOfNodesToScore"`
	PodInitialBackoffSeconds  *int64             `json:"podInitialBackoffSeconds"`
	PodMaxBackoffSeconds      *int64             `json:"podMaxBackoffSeconds"`
	Profiles                  []schedulerProfile `json:"profiles"`
	Extenders                 []extender         `json:"extenders"`
	DelayCacheUntilActive     bool               `json:"delayCacheUntilActive"`
}

// leaderElection is read to be checked.
// Source: k8s.io/component-base/config/v1alpha1/types.go.
type leaderElection struct {
	LeaderElect       *bool         `json:"leaderElect"`
	LeaseDuration     time.Duration `json:"leaseDuration"`
	RenewDeadline     time.Duration `json:"renewDeadline"`
	RetryPeriod       time.Duration `json:"retryPeriod"`
	ResourceLock      string        `json:"resourceLock"`
	ResourceName      string        `json:"resourceName"`
	ResourceNamespace string        `json:"resourceNamespace"`
}

type clientConnection struct {
	Kubeconfig         string  `json:"kubeconfig"`
	AcceptContentTypes string  `json:"acceptContentTypes"`
	ContentType        string  `json:"contentType"`
	QPS                float64 `json:"qps"`
	Burst              int32   `json:"burst"`
}

type schedulerProfile struct {
	SchedulerName            *string        `json:"schedulerName"`
	PercentageOfNodesToScore *int32         `json:"percentageOfNodesToScore"`
	Plugins                  pluginSets     `json:"plugins"`
	PluginConfig             []pluginConfig `json:"pluginConfig"`
}

type pluginSets struct {
	PreEnqueue pluginSet `json:"preEnqueue"`
	QueueSort  pluginSet `json:"queueSort"`
	PreFilter  pluginSet `json:"preFilter"`
	Filter     pluginSet `json:"filter"`
	PostFilter pluginSet `json:"postFilter"`
	PreScore   pluginSet `json:"preScore"`
	Score      pluginSet `json:"score"`
	Reserve    pluginSet `json:"reserve"`
	Permit     pluginSet `json:"permit"`
	PreBind    pluginSet `json:"preBind"`
	Bind       pluginSet `json:"bind"`
	PostBind   pluginSet `json:"postBind"`
	MultiPoint pluginSet `json:"multiPoint"`
	// The points of pod groups, behind feature gates that are off.
	PlacementGenerate pluginSet `json:"placementGenerate"`
	PlacementScore    pluginSet `json:"placementScore"`
}

// at returns the set of an extension point.
func (s *pluginSets) at(p framework.Point) *pluginSet {
	return [framework.PointCount]*pluginSet{
		framework.AtPreEnqueue: &s.PreEnqueue, framework.AtQueueSort: &s.QueueSort, framework.AtPreFilter: &s.PreFilter,
		framework.AtFilter: &s.Filter, framework.AtPostFilter: &s.PostFilter, framework.AtPreScore: &s.PreScore,
		framework.AtScore: &s.Score, framework.AtReserve: &s.Reserve, framework.AtPermit: &s.Permit,
		framework.AtPreBind: &s.PreBind, framework.AtBind: &s.Bind, framework.AtPostBind: &s.PostBind,
	}[p]
}

type pluginSet struct {
	Enabled  []pluginRef `json:"enabled"`
	Disabled []pluginRef `json:"disabled"`
}

// pluginRef names a plugin. The weight counts for scores only.
type pluginRef struct {
	Name   string `json:"name"`
	Weight *int32 `json:"weight"`
}

type pluginConfig struct {
	Name string         `json:"name"`
	Args *yamlnode.Node `json:"args"`
}

// extender is read to be checked: extenders are not asked.
type extender struct {
	URLPrefix        string            `json:"urlPrefix"`
	FilterVerb       string            `json:"filterVerb"`
	PreemptVerb      string            `json:"preemptVerb"`
	PrioritizeVerb   string            `json:"prioritizeVerb"`
	Weight           int64             `json:"weight"`
	BindVerb         string            `json:"bindVerb"`
	EnableHTTPS      bool              `json:"enableHTTPS"`
	TLSConfig        *extenderTLS      `json:"tlsConfig"`
	HTTPTimeout      time.Duration     `json:"httpTimeout"`
	NodeCacheCapable bool              `json:"nodeCacheCapable"`
	ManagedResources []managedResource `json:"managedResources"`
	Ignorable        bool              `json:"ignorable"`
}

type extenderTLS struct {
	Insecure   bool   `json:"insecure"`
	ServerName string `json:"serverName"`
	CertFile   string `json:"certFile"`
	KeyFile    string `json:"keyFile"`
	CAFile     string `json:"caFile"`
	CertData   string `json:"certData"`
	KeyData    string `json:"keyData"`
	CAData     string `json:"caData"`
}

type managedResource struct {
	Name               string `json:"name"`
	IgnoredByScheduler bool   `json:"ignoredByScheduler"`
}
