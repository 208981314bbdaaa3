package validation

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/node"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/validation"
)

// TestMain lets containers be privileged, as kubeadm and others let them.
func TestMain(m *testing.M) {
	capabilities.Setup(true, 0)
	m.Run()
}

// strategy is what a registry does with an object before it stores it.
type strategy interface {
	PrepareForCreate(ctx context.Context, object runtime.Object)
	Validate(ctx context.Context, object runtime.Object) field.ErrorList
}

// strategyOf returns the one for a kind, and whether its objects stand in namespaces.
func strategyOf(object runtime.Object) (s strategy, namespaced bool) { //nolint:gocyclo // one switch of kinds
	switch object.(type) {
	case *core.Pod:
		return pod.Strategy, true
	case *apps.Deployment:
		return deployment.Strategy, true
	case *apps.ReplicaSet:
		return replicaset.Strategy, true
	case *core.ReplicationController:
		return replicationcontroller.Strategy, true
	case *apps.StatefulSet:
		return statefulset.Strategy, true
	case *apps.DaemonSet:
		return daemonset.Strategy, true
	case *batch.Job:
		return job.Strategy, true
	case *batch.CronJob:
		return cronjob.Strategy, true
	case *core.PersistentVolumeClaim:
		return persistentvolumeclaim.Strategy, true
	case *core.Service:
		return services{}, true
	case *core.ResourceQuota:
		return resourcequota.Strategy, true
	case *core.LimitRange:
		return limitrange.Strategy, true
	case *autoscaling.HorizontalPodAutoscaler:
		return horizontalpodautoscaler.Strategy, true
	case *core.Node:
		return node.Strategy, false
	case *core.Namespace:
		return namespace.Strategy, false
	case *scheduling.PriorityClass:
		return priorityclass.Strategy, false
	case *policy.PodDisruptionBudget:
		return poddisruptionbudget.Strategy, true
	}
	return nil, false
}

// services is what the registry of Services does, whose package needs modules that
// this one does not have.
type services struct{}

func (services) PrepareForCreate(context.Context, runtime.Object) {}

func (services) Validate(_ context.Context, object runtime.Object) field.ErrorList {
	return corevalidation.ValidateServiceCreate(object.(*core.Service))
}

// realCreation is what a server answers to a creation, as kubectl prints it.
func realCreation(t *testing.T, value any) (text string, ok bool) {
	t.Helper()
	object := decode(t, value)
	if object == nil {
		return "", false
	}
	s, namespaced := strategyOf(object)
	meta := object.(metav1.Object)
	meta.SetResourceVersion("")
	if namespaced && meta.GetNamespace() == "" {
		meta.SetNamespace(metav1.NamespaceDefault)
	}
	defer func() {
		if recover() != nil { // as the original does for some objects
			text, ok = "", false
		}
	}()
	ctx := genericapirequest.WithNamespace(context.Background(), meta.GetNamespace())
	ctx = genericapirequest.WithRequestInfo(ctx, &genericapirequest.RequestInfo{IsResourceRequest: true, APIVersion: "v1"})
	s.PrepareForCreate(ctx, object)
	return validation.Refusal(kindOf(value), meta.GetName(), s.Validate(ctx, object)), true
}

// compareCreation holds both answers to a creation against each other.
func compareCreation(t *testing.T, value any, what string, tally *tally) {
	t.Helper()
	want, ok := realCreation(t, value)
	if !ok {
		return
	}
	set := manifest.NewSet(models.NewDictionary())
	if len(set.CheckForm(parse(t, value), kindOf(value))) > 0 {
		return // kubectl refuses it: it knows all fields
	}
	got := set.ForbiddenCreation(parse(t, value))
	tally.all++
	if want != "" {
		tally.refused++
	}
	if diff := cmp.Diff(sortedLines(want), sortedLines(got)); diff != "" && !unread(what) {
		if tally.wrong++; tally.wrong <= 5 {
			t.Errorf("%s\n%s", what, diff)
		}
	}
}

type tally struct{ all, refused, wrong int }

func (c *tally) tell(t *testing.T) {
	t.Helper()
	t.Logf("%d objects, %d refused, %d answered otherwise", c.all, c.refused, c.wrong)
	if c.all == 0 || c.refused == 0 {
		t.Error("nothing was compared")
	}
}

// TestEveryObjectIsCreatedOrRefusedAlike creates every object with every change of one
// field.
func TestEveryObjectIsCreatedOrRefusedAlike(t *testing.T) {
	all := objects(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			var count tally
			compareCreation(t, all[name], "as it is", &count)
			for at, next := range variants(all[name]) {
				compareCreation(t, next, at, &count)
			}
			count.tell(t)
		})
	}
}

// TestObjectsWithSeveralFaultsAreRefusedAlike creates objects with some random changes
// at once, which a server tells of in its order.
func TestObjectsWithSeveralFaultsAreRefusedAlike(t *testing.T) {
	all := objects(t)
	draw := rand.New(rand.NewPCG(1, 2))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			var count tally
			for range 100 {
				value, what := all[name], ""
				for range 2 + draw.IntN(3) {
					var at []string
					var next []any
					for a, n := range variants(value) {
						if !unread(a) && !strings.Contains(a, "example.com/more") {
							at, next = append(at, a), append(next, n)
						}
					}
					if len(at) == 0 {
						break // nothing is left of it
					}
					i := draw.IntN(len(at))
					value, what = next[i], what+at[i]+"; "
				}
				compareCreation(t, value, what, &count)
			}
			count.tell(t)
		})
	}
}
