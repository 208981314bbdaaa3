package kubescheduler

import (
	"fmt"
	"slices"
	"strings"
)

// Features are what the objects of a world use, beside requests for cpu and memory.
type Features uint32

// The features.
const (
	Resources     Features = 1 << iota // every form of requests: init containers, overhead, whole pods, limits only
	Affinity                           // node selectors and node affinity
	InterPod                           // affinity between pods
	Spread                             // topology spread constraints
	DefaultSpread                      // Services, ReplicaSets and ReplicationControllers
	Taints                             // taints and tolerations, cordons
	Ports                              // host ports
	Images                             // images on nodes
	Extended                           // extended resources and huge pages
	Priority                           // priority classes and disruption budgets
	Gates                              // scheduling gates, nodeName, other schedulers, terminating pods
	Volumes                            // volumes, claims, classes, limits
	allFeatures   = 1<<iota - 1
)

var featureNames = []string{"resources", "affinity", "interpod", "spread", "defaultspread", "taints", "ports", "images", "extended",
	"priority", "gates", "volumes"}

// ParseFeatures reads names with commas between them: all, fit for requests of cpu
// and memory alone, a feature, or one with a minus to leave it out.
func ParseFeatures(text string) (Features, error) {
	var out Features
	for _, name := range strings.Split(text, ",") {
		bare, without := strings.CutPrefix(name, "-")
		at := slices.Index(featureNames, bare)
		switch {
		case bare == "fit":
		case bare == "all":
			out = allFeatures
		case at < 0:
			return 0, fmt.Errorf("feature %q: want all, fit or some of %s", name, strings.Join(featureNames, ", "))
		case without:
			out &^= 1 << at
		default:
			out |= 1 << at
		}
	}
	return out, nil
}

// String lists the features.
func (f Features) String() string {
	if f == allFeatures {
		return "all"
	}
	names := []string{"fit"}
	for i, name := range featureNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}
