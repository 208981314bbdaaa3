package place

// Placement is what became of one pod.
type Placement struct {
	Pod  string `json:"pod"`  // namespace/name
	Node string `json:"node"` // empty if none was found
	// Attempt counts from 2 when preemption made room and the pod was tried again.
	Attempt int `json:"attempt,omitempty"`
	// Skipped says why the scheduler would not try the pod at all.
	Skipped string `json:"skipped,omitempty"`
	// Feasible is the number of nodes that were found to fit.
	Feasible int `json:"feasible"`
	// Best are the nodes that share the highest score, by name, and BestScore is
	// that score; a single feasible node is not scored.
	Best      []string `json:"best,omitempty"`
	BestScore *int64   `json:"bestScore,omitempty"`
	// Unschedulable counts nodes by reason, UnschedulablePlugins names the plugins
	// that gave them, and Message is that of the event FailedScheduling.
	Unschedulable        map[string]int `json:"unschedulable,omitempty"`
	UnschedulablePlugins []string       `json:"unschedulablePlugins,omitempty"`
	Message              string         `json:"message,omitempty"`
	// Nominated is the node on which preemption makes room, NominatedBest the nodes
	// that were as good, and Victims the pods to go, the most important first.
	Nominated     string   `json:"nominated,omitempty"`
	NominatedBest []string `json:"nominatedBest,omitempty"`
	Victims       []string `json:"victims,omitempty"`
	// Scores are those of every feasible node, PluginScores the weighted shares of
	// each plugin, Filtered the reasons of every node that was filtered out, and
	// Candidates the victims on every node that preemption considered.
	Scores       map[string]int64            `json:"scores,omitempty"`
	PluginScores map[string]map[string]int64 `json:"pluginScores,omitempty"`
	Filtered     map[string][]string         `json:"filtered,omitempty"`
	Candidates   map[string][]string         `json:"candidates,omitempty"`
	Error        string                      `json:"error,omitempty"`
}
