package prometheus

import (
	"iter"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Source: kube-state-metrics, internal/store/namespace.go, resourcequota.go, limitrange.go,
// poddisruptionbudget.go, horizontalpodautoscaler.go.

var namespaceKind = kind{
	name: "namespace", base: []string{"namespace"},
	ids: func(v cluster.View) iter.Seq[int32] {
		return func(yield func(int32) bool) {
			for _, name := range v.Namespaces() {
				if !yield(int32(name)) {
					return
				}
			}
		}
	},
	families: []objectFamily{
		moment("kube_namespace_created", "When the namespace was created, in Unix seconds.", created),
		objectLabels("kube_namespace_labels", "The labels of the namespace."),
		gauge("kube_namespace_status_phase", "Whether the namespace is in a phase.", []string{"phase"}, func(o *object, put put) {
			for _, phase := range []string{"Active", "Terminating"} {
				put(truth(o.text("status.phase") == phase), phase)
			}
		}),
	},
}

// ofPolicies yields the ResourceQuotas or LimitRanges that are there.
func ofPolicies(k models.PolicyKind) func(v cluster.View) iter.Seq[int32] {
	return func(v cluster.View) iter.Seq[int32] {
		return numbered(v.Policies(), func(id int32) bool {
			p := v.Policy(models.PolicyID(id))
			return !p.Deleted() && p.Spec().Kind == k
		})
	}
}

var quotaKind = kind{
	name: "resourcequota", base: []string{"namespace", "resourcequota"}, ids: ofPolicies(models.ResourceQuota),
	families: []objectFamily{
		moment("kube_resourcequota_created", "When the ResourceQuota was created, in Unix seconds.", created),
		gauge("kube_resourcequota", "What the ResourceQuota allows (hard) and what is used of it.", []string{"resource", "type"}, func(o *object, put put) {
			for _, part := range []string{"hard", "used"} {
				for _, pair := range pairs(o.at("status." + part)) {
					name := strings.TrimPrefix(strings.TrimPrefix(pair[0], "requests."), "limits.")
					if n, ok := amount(name, pair[1]); ok {
						put(n, pair[0], part)
					}
				}
			}
		}),
	},
}

var limitRangeKind = kind{
	name: "limitrange", base: []string{"namespace", "limitrange"}, ids: ofPolicies(models.LimitRange),
	families: []objectFamily{
		moment("kube_limitrange_created", "When the LimitRange was created, in Unix seconds.", created),
		gauge("kube_limitrange", "The bounds and defaults of the LimitRange.", []string{"resource", "type", "constraint"}, func(o *object, put put) {
			for _, limit := range o.list("spec.limits") {
				for _, constraint := range []string{"min", "max", "default", "defaultRequest", "maxLimitRequestRatio"} {
					for _, pair := range pairs(limit[constraint]) {
						if n, ok := amount(pair[0], pair[1]); ok {
							put(n, pair[0], textOf(limit["type"]), constraint)
						}
					}
				}
			}
		}),
	},
}

var budgetKind = kind{
	name: "poddisruptionbudget", base: []string{"namespace", "poddisruptionbudget"},
	ids: func(v cluster.View) iter.Seq[int32] {
		return numbered(v.RunBudgets(), func(id int32) bool { return !v.Budget(id).Deleted() })
	},
	families: []objectFamily{
		moment("kube_poddisruptionbudget_created", "When the PodDisruptionBudget was created, in Unix seconds.", created),
		field("kube_poddisruptionbudget_status_current_healthy", "Healthy pods of the PodDisruptionBudget.", "status.currentHealthy"),
		field("kube_poddisruptionbudget_status_desired_healthy", "Healthy pods that the PodDisruptionBudget wants at least.", "status.desiredHealthy"),
		field("kube_poddisruptionbudget_status_pod_disruptions_allowed", "Pods that the PodDisruptionBudget lets go now.", "status.disruptionsAllowed"),
		field("kube_poddisruptionbudget_status_expected_pods", "Pods that the PodDisruptionBudget counts.", "status.expectedPods"),
		level("kube_poddisruptionbudget_status_observed_generation", "The generation that the controller of the PodDisruptionBudget has seen.", observed),
	},
}

var autoscalerKind = kind{
	name: "horizontalpodautoscaler", base: []string{"namespace", "horizontalpodautoscaler"}, ids: ofOwners(models.HorizontalPodAutoscaler),
	families: []objectFamily{
		info("kube_horizontalpodautoscaler_info", "What the HorizontalPodAutoscaler scales.",
			[]string{"scaletargetref_api_version", "scaletargetref_kind", "scaletargetref_name"},
			[]string{"spec.scaleTargetRef.apiVersion", "spec.scaleTargetRef.kind", "spec.scaleTargetRef.name"}),
		given("kube_horizontalpodautoscaler_spec_min_replicas", "The least replicas of the HorizontalPodAutoscaler.", "spec.minReplicas"),
		given("kube_horizontalpodautoscaler_spec_max_replicas", "The most replicas of the HorizontalPodAutoscaler.", "spec.maxReplicas"),
		gauge("kube_horizontalpodautoscaler_spec_target_metric", "What the HorizontalPodAutoscaler aims at.", []string{"metric_name", "metric_target_type"},
			func(o *object, put put) { targets(o.list("spec.metrics"), "target", put) }),
		gauge("kube_horizontalpodautoscaler_status_target_metric", "What the HorizontalPodAutoscaler has measured.", []string{"metric_name", "metric_target_type"},
			func(o *object, put put) { targets(o.list("status.currentMetrics"), "current", put) }),
		field("kube_horizontalpodautoscaler_status_current_replicas", "Replicas that the HorizontalPodAutoscaler found.", "status.currentReplicas"),
		field("kube_horizontalpodautoscaler_status_desired_replicas", "Replicas that the HorizontalPodAutoscaler wants.", "status.desiredReplicas"),
		conditions("kube_horizontalpodautoscaler_status_condition", "The conditions of the HorizontalPodAutoscaler.", false),
	},
}

// targets tells the amounts of metrics of an autoscaler.
// Source: kube-state-metrics, internal/store/horizontalpodautoscaler.go (createHPASpecTargetMetric).
func targets(metrics []map[string]any, key string, put put) {
	for _, m := range metrics {
		for _, source := range []string{"resource", "containerResource", "pods", "object", "external"} {
			body, ok := m[source].(map[string]any)
			if !ok {
				continue
			}
			name := textOf(body["name"])
			if name == "" {
				name = textOf(fieldAt(body, "metric.name"))
			}
			for _, as := range [][2]string{{"value", "value"}, {"averageUtilization", "utilization"}, {"averageValue", "average"}} {
				switch v := fieldAt(body, key+"."+as[0]).(type) {
				case nil:
				case string:
					if n, ok := amount("cpu", v); ok { // in thousandths, whatever it is
						put(n, name, as[1])
					}
				default:
					if n, ok := numberOf(v); ok {
						put(n, name, as[1])
					}
				}
			}
		}
	}
}
