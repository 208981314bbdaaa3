package plan

import (
	"fmt"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/scenarios"
)

// identity says what the runs in a folder belong to.
type identity struct {
	Name     string `json:"name"`
	Scenario string `json:"scenario"`
	Version  string `json:"version"` // of podsim
	Build    string `json:"build"`
	Digest   string `json:"digest"` // of the plan
}

// OpenStore opens the folder for this plan, as store.Open does. More seeds and another
// budget belong to the same plan.
func OpenStore(dir string, p *scenarios.Plan, version, build string, results []string, force bool) (*store.Store, error) {
	now := identity{Name: p.Name, Scenario: p.Scenario, Version: version, Build: build, Digest: p.Digest}
	return store.Open(dir, store.Owner[identity]{What: "plan", Identity: now, GoOn: now.goOn}, results, force)
}

// goOn returns the identity of a folder that was had and in which now goes on, or an
// error that names what is different.
func (now identity) goOn(had identity) (identity, error) {
	switch {
	case had.Version != now.Version || had.Build != now.Build:
		return now, fmt.Errorf("the runs in the folder are of another podsim (version %s, digest %.16s; this is version %s, digest %.16s); %s",
			had.Version, had.Build, now.Version, now.Build, store.Remedy)
	case had.Digest != now.Digest:
		return now, fmt.Errorf("the folder holds another plan (%s, digest %.16s; this is %s, digest %.16s); %s",
			had.Name, had.Digest, now.Name, now.Digest, store.Remedy)
	}
	return now, nil
}
