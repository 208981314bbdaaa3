package models

import "time"

// Effect is what a taint does to pods that do not tolerate it.
type Effect uint8

// The effects of taints. AnyEffect stands only in tolerations.
const (
	AnyEffect Effect = iota
	NoSchedule
	PreferNoSchedule
	NoExecute
)

// String returns the effect as Kubernetes writes it.
func (e Effect) String() string {
	return [...]string{"", "NoSchedule", "PreferNoSchedule", "NoExecute"}[e]
}

// Taint repels pods from a node.
type Taint struct {
	Key, Value Sym
	Effect     Effect
}

// Toleration lets a pod onto a node with matching taints.
type Toleration struct {
	Key    Sym // empty matches every key (then Exists is set)
	Value  Sym
	Exists bool // operator Exists: any value
	Effect Effect
	// Seconds bounds how long a NoExecute taint is tolerated; nil is for ever.
	Seconds *int64
}

// Tolerates reports whether t tolerates taint.
// Source: k8s.io/api/core/v1/toleration.go.
func (t *Toleration) Tolerates(taint Taint) bool {
	if t.Effect != AnyEffect && t.Effect != taint.Effect {
		return false
	}
	if t.Key != 0 && t.Key != taint.Key {
		return false
	}
	return t.Exists || t.Value == taint.Value
}

// Tolerated reports whether any of tolerations tolerates taint.
func Tolerated(tolerations []Toleration, taint Taint) bool {
	for i := range tolerations {
		if tolerations[i].Tolerates(taint) {
			return true
		}
	}
	return false
}

// TolerationTime returns how long a pod may stay under a NoExecute taint:
// the first toleration in list order that matches decides; forever is true when
// it sets no limit. ok is false when nothing tolerates the taint.
// Source: pkg/controller/tainteviction/taint_eviction.go.
func TolerationTime(tolerations []Toleration, taint Taint) (limit time.Duration, forever, ok bool) {
	for i := range tolerations {
		t := &tolerations[i]
		if !t.Tolerates(taint) {
			continue
		}
		if t.Seconds == nil {
			return 0, true, true
		}
		return time.Duration(max(*t.Seconds, 0)) * time.Second, false, true
	}
	return 0, false, false
}
