package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler"
)

// logHead is what an operation log tells at its beginning: all that the reports
// need to know besides the operations.
type logHead struct {
	Scenario     string                `json:"scenario"`
	Seed         uint64                `json:"seed"`
	Version      string                `json:"version"`
	Input        string                `json:"inputDigest"`
	Start        time.Time             `json:"start,omitzero"` // of the virtual clock
	Horizon      models.Time           `json:"horizonNanoseconds"`
	Interval     time.Duration         `json:"intervalNanoseconds"`
	Prices       map[string]float64    `json:"prices,omitempty"` // of a node for an hour, by node group
	CostLabel    string                `json:"costLabel,omitempty"`
	PingPong     reports.PingPongLimit `json:"pingPong,omitzero"`
	Shape        *models.Resources     `json:"shape,omitempty"` // by ordinal, as the log numbers resources
	Assertions   []reports.Assertion   `json:"assertions"`
	NotSimulated []string              `json:"notSimulated"`
	Assumptions  []string              `json:"assumptions,omitempty"`  // what was assumed because nobody said it
	Approximated []string              `json:"approximated,omitempty"` // what is simulated more simply than it is
	// Unsimulated is what pods say beyond what is simulated.
	Unsimulated *models.Unsimulated `json:"unsimulated,omitempty"`
	// Scheduler is how the scheduler was set up; nil if that cannot be told.
	Scheduler *scheduler.Settings `json:"scheduler,omitempty"`
}

// logTail is what it tells at its end.
type logTail struct {
	End         models.Time `json:"endNanoseconds"`
	Interrupted bool        `json:"interrupted"`
	// Steps are those of the user, with what became of them.
	Steps []reports.UserStep `json:"steps,omitempty"`
	// Queue is the scheduling queue over time.
	Queue *queueLog `json:"queue,omitempty"`
}

func headOf(input *loaded) logHead {
	return logHead{
		Scenario: input.Name, Seed: input.Config.Seed, Version: Version, Input: input.Digest,
		Start: input.Start, Horizon: input.Config.Horizon, Interval: input.Interval, Prices: input.Prices(), CostLabel: input.CostLabel, Shape: input.Shape,
		PingPong:   reports.PingPongLimit(input.PingPong),
		Assertions: assertionsOf(input), NotSimulated: notSimulated(input.Run),
		Assumptions: input.Assumptions, Approximated: approximated(input.Run),
		Unsimulated: input.Unsimulated, Scheduler: settingsOf(input),
	}
}

// settingsOf says how the scheduler of a run is set up; nil if a plugin of somebody's own
// has arguments that cannot be told.
func settingsOf(input *loaded) *scheduler.Settings {
	settings, err := input.Config.Scheduler.Settings()
	if err != nil {
		return nil
	}
	return &settings
}

// recording says what is recorded of the run, and of its replay.
func (h *logHead) recording() reports.Config {
	return reports.Config{Horizon: h.Horizon, Interval: h.Interval, Prices: h.Prices, CostLabel: h.CostLabel, Shape: h.Shape, PingPong: h.PingPong}
}

func assertionsOf(input *loaded) []reports.Assertion {
	list := make([]reports.Assertion, len(input.Assertions))
	for i, a := range input.Assertions {
		list[i] = reports.Assertion{Text: a.Text, At: a.At, From: a.From, Until: a.Until, Always: a.Always}
	}
	return list
}

// note writes something about a run into its log.
func note(c *cluster.Cluster, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("metadata cannot be encoded: %v", err))
	}
	c.Metadata(text)
}
