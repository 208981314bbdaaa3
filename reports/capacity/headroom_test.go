package capacity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/hostile"
)

const planningDay = reports.Seconds(86400)

// madeUpHeadroom has everything that a headroom can tell.
func madeUpHeadroom(name string) *capacity.Headroom {
	full := func(low, median, high reports.Seconds) capacity.TimeRange {
		return capacity.TimeRange{Low: ref(low * planningDay), Median: ref(median * planningDay), High: ref(high * planningDay)}
	}
	why := "0/8 nodes are available: 4 Insufficient cpu, 8 Insufficient memory."
	growing := []capacity.GrowingPods{{Workload: "Deployment shop/" + name, Pods: 36, Share: 0.571, Alone: ref(108), Why: why}}
	for i := range 11 {
		growing = append(growing, capacity.GrowingPods{Workload: fmt.Sprint("Pod shop/", i), Pods: 1, Share: 0.01})
	}
	return &capacity.Headroom{
		Source: capacity.Source{Name: name, At: ref(reports.Seconds(600)), Version: "1.2.3"}, Date: "2026-06-29T12:00:00Z",
		Nodes: 12, Pods: 63, Pending: 2, Requests: []capacity.Need{{Resource: "cpu", Requested: 78, Allocatable: 192, Share: ref(0.406)}},
		Growth: capacity.Growth{Text: name + ".csv", Kind: "exponential", Fit: &capacity.GrowthFit{Observations: 26, From: "2026-01-05T00:00:00Z",
			To: "2026-06-29T00:00:00Z", Now: 2357.4, PerWeek: 0.011, Linear: ref(0.981), Exponential: ref(0.984)}},
		Settings: capacity.HeadroomSettings{Draws: 2, Confidence: 0.9, Seed: 1, Limit: 1000},
		More:     capacity.PodsRange{Low: 16, Median: 21, High: 30}, Full: full(177, 252, 1379), Survive: "topology.kubernetes.io/zone",
		Losses: []capacity.HeadroomLoss{
			{Domain: name, Nodes: 4, Moved: 21, Stuck: 1, More: capacity.PodsRange{Low: 16, Median: 21, High: 30}, Full: full(177, 252, 379), Worst: 2},
			{Domain: "b", Nodes: 4, Moved: 21, Homeless: &capacity.PendingPod{Pod: "shop/" + name, Why: why}, Full: full(0, 0, 0)},
			{Domain: "c", Nodes: 4, Moved: 21, More: capacity.PodsRange{Low: 40, Median: 41, High: 42}},
		},
		Growing: growing,
		Stops:   []capacity.HeadroomStop{{Workload: "Deployment shop/" + name, Share: 1, Why: why}},
		Draws: []capacity.HeadroomDraw{{Draw: 1, More: 16, Full: ref(177 * planningDay), Stop: "Deployment shop/" + name, Domain: name},
			{Draw: 2, More: 30}},
		Course: []capacity.HeadroomMoment{{Demand: 1, Pods: 63}, {At: 0.5 * planningDay, Demand: 1.01, Pods: 63}, {At: 252 * planningDay, Demand: 1.3333, Pods: 84, Full: 0.5}},
		Notes:  []string{"A note about " + name + "."},
	}
}

func TestHeadroomReports(t *testing.T) {
	matchReports(t, capacity.HeadroomFile, madeUpHeadroom("web"))
}

func TestTheAnswerOfAHeadroomInWords(t *testing.T) {
	day := func(n reports.Seconds) *reports.Seconds { return ref(n * planningDay) }
	for want, change := range map[string]func(*capacity.Headroom){
		"Growing as web.csv did, what is left of the cluster without any one zone is full in 252 days (2027-03-08)": func(*capacity.Headroom) {},
		"with 90% confidence from 177 days (2026-12-23) to 3.8 years (2030-04-08): beside the 63 pods":              func(*capacity.Headroom) {},
		"Growing by 5%/week, the cluster is full in 2d12h: beside the 63 pods that run now 21 more fit.": func(h *capacity.Headroom) {
			h.Growth, h.Survive, h.Date = capacity.Growth{Text: "5%/week", Kind: "exponential"}, "", ""
			h.Full = capacity.TimeRange{Low: day(2.5), Median: day(2.5), High: day(2.5)}
			h.More = capacity.PodsRange{Low: 21, Median: 21, High: 21}
		},
		"is never full: of the pods that grow 21 more fit (16 to 30 in 90% of the draws)":       func(h *capacity.Headroom) { h.Full = capacity.TimeRange{} },
		"is not expected to be full, with 90% confidence from 177 days":                         func(h *capacity.Headroom) { h.Full.Median = nil },
		"It is full now: it cannot lose zone web without leaving pods that run now on no node.": func(h *capacity.Headroom) { h.Full.Median = day(0) },
		"Unfinished: interrupted after 2 of 5 draws.":                                           func(h *capacity.Headroom) { h.Partial, h.Settings.Draws = true, 5 },
		"Draws ended at 1,000 copies":                                                           func(h *capacity.Headroom) { h.Limited = true },
		"follow a law that is linear, -3.50 a week": func(h *capacity.Headroom) {
			h.Growth.Kind, h.Growth.Fit.PerWeek = "linear", -3.5
		},
		"without any one value of the label pool is": func(h *capacity.Headroom) { h.Survive = "pool" },
		"without any one node is":                    func(h *capacity.Headroom) { h.Survive = "kubernetes.io/hostname" },
	} {
		h := madeUpHeadroom("web")
		change(h)
		tells(t, h, want)
	}
}

// The same number of days is the same date, wherever in a day it ends.
func TestDaysAndDatesAreRoundedAlike(t *testing.T) {
	for days, want := range map[reports.Seconds]string{
		230.6: "231 days (2027-02-15)", 231.4: "231 days (2027-02-15)", 5.46: "5.5 days (2026-07-05)", 5.54: "5.5 days (2026-07-05)",
		2.5: "2d12h (2026-07-02)", 9.98: "10 days (2026-07-09)",
	} {
		h := madeUpHeadroom("web")
		h.Full.Median = ref(days * planningDay)
		tells(t, h, "is full in "+want)
	}
	h := madeUpHeadroom("web")
	h.Course = []capacity.HeadroomMoment{{At: 230.6 * planningDay, Demand: 1.2, Pods: 75}, {At: 231.4 * planningDay, Demand: 1.2, Pods: 76}}
	tells(t, h, "231 days 2027-02-15 120% 75 0% 231 days 2027-02-15 120% 76 0%")
}

// The error of a fitted law is in the interval alone; a law that is given has none.
func TestTheLegendOfFullTellsWhatItLeavesOut(t *testing.T) {
	const leaves = "the error of the growth in it, this column has not"
	h := madeUpHeadroom("web")
	tells(t, h, leaves)
	h.Growth.Fit = nil
	if text := textOf(t, h, reports.Terminal{Width: 400}); strings.Contains(text, leaves) {
		t.Errorf("a law that was given has no error:\n%s", text)
	}
}

func TestHeadroomsOfAnyName(t *testing.T) {
	for _, name := range hostile.Names {
		plainly(t, name, madeUpHeadroom(name))
	}
}
