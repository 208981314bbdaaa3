package experiment

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/scenarios"
)

// Identity says what the runs in a folder belong to, so that another experiment is
// not mixed with them. More seeds and more policies belong to the same one.
type Identity struct {
	Name     string           `json:"name"`
	Scenario string           `json:"scenario"`
	Version  string           `json:"version"` // of podsim
	Build    string           `json:"build"`
	Digest   string           `json:"digest"` // of the experiment as it was last run
	Policies []identityPolicy `json:"policies"`
}

type identityPolicy struct {
	Name   string         `json:"name"`
	Digest string         `json:"digest"`
	Cells  []identityCell `json:"cells"`
}

// identityCell tells a scenario that changed: the same policy and settings would
// have another key.
type identityCell struct {
	Settings []scenarios.Setting `json:"settings"`
	Key      string              `json:"key"` // of the run with seed 0
}

// NewIdentity returns the identity of an experiment that this build of podsim
// carries out.
func NewIdentity(e *scenarios.Experiment, version, build string) Identity {
	id := Identity{Name: e.Name, Scenario: e.Scenario, Version: version, Build: build, Digest: e.Digest}
	for i, policy := range e.Policies {
		p := identityPolicy{Name: policy.Name, Digest: policy.Digest}
		for j, settings := range e.Cells() {
			p.Cells = append(p.Cells, identityCell{settings, e.RunKey(i, j, 0)})
		}
		id.Policies = append(id.Policies, p)
	}
	return id
}

// OpenStore opens the folder for this experiment, as store.Open does.
func OpenStore(dir string, id Identity, results []string, force bool) (*store.Store, error) {
	return store.Open(dir, store.Owner[Identity]{
		What: "experiment", Identity: id, GoOn: func(had Identity) (Identity, error) { return had.goOn(id) },
	}, results, force)
}

// goOn returns the identity of a folder that was had and in which now goes on, or
// an error that names what is different.
func (had Identity) goOn(now Identity) (Identity, error) {
	if had.Version != now.Version || had.Build != now.Build {
		return now, fmt.Errorf("the runs in the folder are of another podsim (version %s, digest %.16s; this is version %s, digest %.16s); %s",
			had.Version, had.Build, now.Version, now.Build, store.Remedy)
	}
	common := 0
	for i := range now.Policies {
		p := &now.Policies[i]
		earlier := had.policy(p.Name)
		if earlier == nil {
			continue
		}
		if earlier.Digest != p.Digest {
			return now, fmt.Errorf("policy %s was another one in the runs in the folder (digest %.16s; now it is %.16s); %s",
				p.Name, earlier.Digest, p.Digest, store.Remedy)
		}
		n, same := earlier.agree(p)
		if !same {
			return now, had.other(now)
		}
		common += n
	}
	if common == 0 {
		return now, had.other(now)
	}
	return had.add(now), nil
}

func (had Identity) other(now Identity) error {
	return fmt.Errorf("the folder holds another experiment (%s, digest %.16s; this is %s, digest %.16s): the scenario or what is measured has changed; %s",
		had.Scenario, had.Digest, now.Scenario, now.Digest, store.Remedy)
}

func (had Identity) policy(name string) *identityPolicy {
	i := slices.IndexFunc(had.Policies, func(p identityPolicy) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &had.Policies[i]
}

// agree counts the settings that both have, and reports whether their runs are the
// same.
func (p *identityPolicy) agree(now *identityPolicy) (common int, same bool) {
	for _, c := range now.Cells {
		if had := p.cell(c.Settings); had != nil {
			if had.Key != c.Key {
				return common, false
			}
			common++
		}
	}
	return common, true
}

func (p *identityPolicy) cell(settings []scenarios.Setting) *identityCell {
	i := slices.IndexFunc(p.Cells, func(c identityCell) bool { return slices.Equal(c.Settings, settings) })
	if i < 0 {
		return nil
	}
	return &p.Cells[i]
}

// add returns now with the policies and settings that were had before.
func (had Identity) add(now Identity) Identity {
	for _, earlier := range had.Policies {
		p := now.policy(earlier.Name)
		if p == nil {
			now.Policies = append(now.Policies, earlier)
			continue
		}
		for _, c := range earlier.Cells {
			if p.cell(c.Settings) == nil {
				p.Cells = append(p.Cells, c)
			}
		}
	}
	return now
}
