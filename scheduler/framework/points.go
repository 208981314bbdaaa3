package framework

// Point is an extension point of the scheduling framework.
type Point uint8

// The extension points, in the order of an attempt.
const (
	AtPreEnqueue Point = iota
	AtQueueSort
	AtPreFilter
	AtFilter
	AtPostFilter
	AtPreScore
	AtScore
	AtReserve
	AtPermit
	AtPreBind
	AtBind
	AtPostBind
	PointCount
)

var pointNames = [...]string{"preEnqueue", "queueSort", "preFilter", "filter", "postFilter", "preScore", "score",
	"reserve", "permit", "preBind", "bind", "postBind"}

// String returns its name in a KubeSchedulerConfiguration.
func (p Point) String() string { return pointNames[p] }

// Points is a set of extension points.
type Points uint16

// PointSet returns the set of some points.
func PointSet(points ...Point) Points {
	var set Points
	for _, p := range points {
		set |= 1 << p
	}
	return set
}

// Has reports whether p is in the set.
func (s Points) Has(p Point) bool { return s&(1<<p) != 0 }

// Filtering and Scoring are the points at which a plugin rejects nodes, and at
// which it scores them.
const (
	Filtering = Points(1<<AtPreFilter | 1<<AtFilter)
	Scoring   = Points(1<<AtPreScore | 1<<AtScore)
)

// PointsOf returns the points that a plugin serves. There are no plugins at PreBind
// and PostBind: what they do is part of the binding operation.
func PointsOf(p Plugin) Points {
	var set Points
	add := func(at Point, serves bool) {
		if serves {
			set |= 1 << at
		}
	}
	_, ok := p.(PreEnqueue)
	add(AtPreEnqueue, ok)
	_, ok = p.(QueueSort)
	add(AtQueueSort, ok)
	_, ok = p.(PreFilter)
	add(AtPreFilter, ok)
	_, ok = p.(Filter)
	add(AtFilter, ok)
	_, ok = p.(PostFilter)
	add(AtPostFilter, ok)
	_, ok = p.(PreScore)
	add(AtPreScore, ok)
	_, ok = p.(Score)
	add(AtScore, ok)
	_, ok = p.(Reserve)
	add(AtReserve, ok)
	_, ok = p.(Permit)
	add(AtPermit, ok)
	_, ok = p.(Bind)
	add(AtBind, ok)
	return set
}
