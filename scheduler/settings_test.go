package scheduler_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

func TestSettingsReadBackAsTheConfigurationThatTheyTell(t *testing.T) {
	table := plugins.Table()
	weight := int32(7)
	odd := scheduler.DefaultProfile(table)
	odd.SchedulerName, odd.Ties, odd.Candidates, odd.PercentageOfNodesToScore = "odd", engine.TiesRandom, engine.CandidatesByName, 40
	odd.Order[framework.AtFilter] = []string{"NodeResourcesFit", "NodeName"}
	for i := range odd.Plugins {
		switch p := &odd.Plugins[i]; p.Name {
		case "InterPodAffinity":
			p.Args = &plugins.InterPodAffinityArgs{HardPodAffinityWeight: &weight}
		case "NodeResourcesFit":
			p.Weight, p.Args = 3, &plugins.NodeResourcesFitArgs{IgnoredResources: []string{"example.com/fpga"}}
		case "ImageLocality":
			p.Off = framework.Scoring
		}
	}
	for name, profiles := range map[string][]scheduler.Profile{
		"the default": {scheduler.DefaultProfile(table)},
		"an odd one":  {scheduler.DefaultProfile(table), odd},
	} {
		t.Run(name, func(t *testing.T) {
			want := scheduler.DefaultConfig(table)
			want.Profiles = profiles
			want.Queue.MaxBackoff *= 2
			told, err := want.Settings()
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(told)
			if err != nil {
				t.Fatal(err)
			}
			var read scheduler.Settings
			if err := json.Unmarshal(text, &read); err != nil {
				t.Fatal(err)
			}
			got, err := read.Config(table)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSettingsOfAnotherPodsimAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown plugin":        `{"profiles":[{"plugins":[{"name":"Fortune"}]}]}`,
		"arguments that none take": `{"profiles":[{"plugins":[{"name":"NodeName","args":{}}]}]}`,
		"arguments of another":     `{"profiles":[{"plugins":[{"name":"InterPodAffinity","args":{"hardPodAffinityWeight":"much"}}]}]}`,
		"too many points":          `{"profiles":[{"order":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}]}`,
	} {
		var settings scheduler.Settings
		if err := json.Unmarshal([]byte(text), &settings); err != nil {
			t.Fatal(err)
		}
		if _, err := settings.Config(plugins.Table()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
