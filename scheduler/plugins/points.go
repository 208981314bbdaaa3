package plugins

import (
	"slices"

	"github.com/podsim/podsim/scheduler/framework"
)

// original is what a plugin of Kubernetes serves, and what it needs.
type original struct {
	points framework.Points
	// needs lists what fails in every cycle unless an earlier point ran.
	needs []Need
}

// Need says that a plugin cannot work at some points unless it is asked at an
// earlier one, where it collects what it looks at.
type Need struct {
	At      framework.Points
	Earlier framework.Point
}

const (
	preEnqueue = framework.Points(1 << framework.AtPreEnqueue)
	filter     = framework.Points(1 << framework.AtFilter)
	postFilter = framework.Points(1 << framework.AtPostFilter)
	score      = framework.Points(1 << framework.AtScore)
	reserve    = framework.Points(1 << framework.AtReserve)
	preBind    = framework.Points(1 << framework.AtPreBind)
)

var (
	filterNeedsState = Need{filter, framework.AtPreFilter}
	scoreNeedsState  = Need{score, framework.AtPreScore}
)

// originals are the plugins of Kubernetes that serve more points there than
// here, or that depend on an earlier point.
// Source: pkg/scheduler/framework/plugins (interface assertions; getPreFilterState,
// getPreScoreState and getStateData without a fallback).
var originals = map[string]original{
	"TaintToleration":      {filter | framework.Scoring, []Need{scoreNeedsState}},
	"NodeAffinity":         {points: framework.Filtering | framework.Scoring},
	"NodePorts":            {framework.Filtering, []Need{filterNeedsState}},
	"NodeResourcesFit":     {framework.Filtering | framework.Scoring, []Need{filterNeedsState}},
	"VolumeRestrictions":   {framework.Filtering, []Need{filterNeedsState}},
	"NodeVolumeLimits":     {points: framework.Filtering},
	"VolumeBinding":        {framework.Filtering | framework.Scoring | reserve | preBind, []Need{{filter | framework.Scoring | reserve | preBind, framework.AtPreFilter}}},
	"VolumeZone":           {framework.Filtering, []Need{filterNeedsState}}, // the original would look again
	"PodTopologySpread":    {framework.Filtering | framework.Scoring, []Need{filterNeedsState, scoreNeedsState}},
	"InterPodAffinity":     {framework.Filtering | framework.Scoring, []Need{filterNeedsState, scoreNeedsState}},
	"DynamicResources":     {preEnqueue | framework.Filtering | postFilter | score | reserve | preBind, []Need{{filter | postFilter | score | reserve | preBind, framework.AtPreFilter}}},
	"DefaultPreemption":    {points: preEnqueue | postFilter},
	"NodeDeclaredFeatures": {framework.Filtering, []Need{filterNeedsState}},
}

// Serves returns the points that plugin p of the table serves in Kubernetes; those
// that it serves here if Kubernetes does not have it.
func Serves(p framework.Plugin) framework.Points {
	return framework.PointsOf(p) | originals[p.Name()].points
}

// NeedsOf returns what the named plugin needs.
func NeedsOf(name string) []Need { return slices.Clone(originals[name].needs) }
