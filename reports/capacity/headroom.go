package capacity

import "github.com/podsim/podsim/reports"

// Headroom is when a cluster runs full at a rate of growth. It depends on nothing but
// the cluster, the growth, the settings and the version of podsim.
type Headroom struct {
	Source
	// Date is that of the moment at which the cluster stands, as RFC 3339 writes it;
	// empty if it has none, and then no other moment has a date.
	Date string `json:"date"`
	// Nodes are those that take pods, Pods those that grow: on a node, and neither
	// bound to it nor about to go. Pending have no node, and are not placed.
	Nodes    int    `json:"nodes"`
	Pods     int    `json:"pods"`
	Pending  int    `json:"pending"`
	Requests []Need `json:"requests"` // now, of all pods on nodes that take pods

	Growth   Growth           `json:"growth"`
	Settings HeadroomSettings `json:"settings"`

	// More is how many more pods fit, and Full when the first comes that does not: in
	// seconds from now, nil for never.
	More PodsRange `json:"more"`
	Full TimeRange `json:"full"`
	// Limited tells that draws ended at as many pods as may be tried; more may fit.
	Limited bool `json:"limited"`

	Survive string           `json:"survive"` // what must be able to fail; empty for nothing
	Losses  []HeadroomLoss   `json:"losses"`  // of each of them, the worst first
	Growing []GrowingPods    `json:"growing"` // what grows, the most pods first
	Stops   []HeadroomStop   `json:"stops"`   // what ends the draws, the most frequent first
	Draws   []HeadroomDraw   `json:"draws"`
	Course  []HeadroomMoment `json:"course"`  // the demand from now until the cluster is full
	Partial bool             `json:"partial"` // interrupted: not all draws are done
	Notes   []string         `json:"notes"`   // what the reader must know
}

// HeadroomSettings are what the user may choose.
type HeadroomSettings struct {
	Draws      int     `json:"draws"`
	Confidence float64 `json:"confidence"` // of intervals, such as 0.9
	Seed       uint64  `json:"seed"`
	Limit      int     `json:"limit"` // most copies that are tried in a draw
}

// Growth is a law by which demand grows.
type Growth struct {
	Text string `json:"text"` // as the user gave it
	Kind string `json:"kind"` // linear or exponential
	// Fit is what was fitted to a history; nil if the law was given.
	Fit *GrowthFit `json:"fit"`
}

// GrowthFit is a law that was fitted to observations by least squares.
type GrowthFit struct {
	Observations int     `json:"observations"`
	From         string  `json:"from"` // the dates of the first and the last
	To           string  `json:"to"`
	Now          float64 `json:"now"` // the demand that the law says of the last
	// PerWeek is the growth in a week: an amount if it is linear, a share if exponential.
	PerWeek float64 `json:"perWeek"`
	// Linear and Exponential are the shares of the variance that the best laws of both
	// kinds explain; nil if that means nothing.
	Linear      *float64 `json:"linear"`
	Exponential *float64 `json:"exponential"`
}

// PodsRange is a number of pods over draws: the median, and the interval that holds it in
// so many of them as the confidence says.
type PodsRange struct {
	Low    int `json:"low"`
	Median int `json:"median"`
	High   int `json:"high"`
}

// TimeRange is a moment over draws and, for a fitted growth, over what it may become; in
// seconds from now, nil for never.
type TimeRange struct {
	Low    *reports.Seconds `json:"lowSeconds"`
	Median *reports.Seconds `json:"medianSeconds"`
	High   *reports.Seconds `json:"highSeconds"`
}

// HeadroomLoss is the headroom without a domain, such as a zone.
type HeadroomLoss struct {
	Domain string `json:"domain"`
	Nodes  int    `json:"nodes"` // that it takes
	Moved  int    `json:"moved"` // pods that look for new places
	Stuck  int    `json:"stuck"` // pods that no other node could take: they are lost with it
	// Homeless is the first pod that finds no place already now; nil if all do.
	Homeless *PendingPod `json:"homeless"`
	More     PodsRange   `json:"more"`
	Full     TimeRange   `json:"full"`
	Worst    int         `json:"worst"` // draws in which no other loss leaves less
}

// GrowingPods are pods that grow.
type GrowingPods struct {
	Workload string  `json:"workload"` // Kind namespace/name
	Pods     int     `json:"pods"`     // now; of a template, in one copy of the mix
	Share    float64 `json:"share"`    // of what comes
	// Alone is how many more would fit if nothing else came, nil if that was not tried;
	// Why is what stops the next.
	Alone *int   `json:"alone"`
	Why   string `json:"why"`
}

// HeadroomStop is what ends draws.
type HeadroomStop struct {
	Workload string  `json:"workload"`
	Share    float64 `json:"share"` // of the draws
	Why      string  `json:"why"`   // as the event FailedScheduling has it, in the first of them
}

// HeadroomDraw is one order in which copies come.
type HeadroomDraw struct {
	Draw   int              `json:"draw"`   // from 1
	More   int              `json:"more"`   // that fit
	Full   *reports.Seconds `json:"full"`   // when the next one comes; nil for never
	Stop   string           `json:"stop"`   // the workload whose pod finds no node
	Domain string           `json:"domain"` // whose loss leaves least; empty for none
}

// HeadroomMoment is the demand at a moment.
type HeadroomMoment struct {
	At     reports.Seconds `json:"atSeconds"` // from now
	Demand float64         `json:"demand"`    // in relation to now
	Pods   int             `json:"pods"`
	// Full is the share of draws in which the cluster is full by then.
	Full float64 `json:"full"`
}
