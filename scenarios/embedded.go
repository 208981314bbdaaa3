package scenarios

import (
	"embed"
	"slices"
	"strings"
)

//go:embed embedded/*.yaml
var embedded embed.FS

// EmbeddedScenario is a scenario that comes with podsim.
type EmbeddedScenario struct {
	Name string
	Help string
	Text string
	Data []string // names of the data that must be bound with --data
}

// File returns the scenario as a file to load.
func (s EmbeddedScenario) File() File {
	return File{Name: s.Name + ".yaml", Reader: strings.NewReader(s.Text)}
}

// Embedded returns the scenarios that come with podsim, the default one first.
func Embedded() []EmbeddedScenario {
	list := []EmbeddedScenario{
		{Name: "zone-outage", Help: "three zones, a web tier, queue workers and batch jobs; one zone loses power at night"},
		{Name: "batch-burst", Help: "bursts of jobs on a small cluster: how long do they queue?"},
		{Name: "node-churn", Help: "nodes and racks that fail and are repaired for a month"},
		{Name: "spot-day", Help: "spot nodes that are taken back in waves, beside on-demand ones"},
		{Name: "autoscaled-day", Help: "a web tier that follows its traffic, a release, a drain and a node that breaks"},
		{Name: "rolling-upgrade", Help: "nodes are upgraded in place and with surge, under budgets of which one is impossible"},
		{Name: "dlrm-month", Help: "a recorded month of 23,871 inference instances with GPUs", Data: []string{"trace"}},
	}
	for i := range list {
		text, err := embedded.ReadFile("embedded/" + list[i].Name + ".yaml")
		if err != nil {
			panic("scenarios: " + err.Error()) // the file is part of the program
		}
		list[i].Text = string(text)
	}
	return list
}

// LookupEmbedded returns the embedded scenario with this name.
func LookupEmbedded(name string) (EmbeddedScenario, bool) {
	list := Embedded()
	i := slices.IndexFunc(list, func(s EmbeddedScenario) bool { return s.Name == name })
	if i < 0 {
		return EmbeddedScenario{}, false
	}
	return list[i], true
}
