package engine

import (
	"slices"

	"github.com/podsim/podsim/scheduler/framework"
)

// Order says for single extension points in which order plugins are asked there:
// their positions in Config.Plugins. Those that are not mentioned follow in the
// order of Config.Plugins.
type Order [framework.PointCount][]int32

// At returns the positions of the plugins that are asked at a point, in order: all
// that serve it, except where they are switched off. Every engine makes its lists
// of it.
func (c *Config) At(point framework.Point) []int32 {
	var out []int32
	add := func(i int32) {
		p := &c.Plugins[i]
		if framework.PointsOf(p.Plugin).Has(point) && !p.Off.Has(point) && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	for _, i := range c.Order[point] {
		add(i)
	}
	for i := range c.Plugins {
		add(int32(i))
	}
	return out
}

// list notes which plugins are asked at each point. Those that look at pods on nodes
// at PreFilter are told of pods that come and go after it.
func (s *Scan) list(c *Config) {
	for _, i := range c.At(framework.AtPreFilter) {
		s.preFilters = append(s.preFilters, preFilter{i, c.Plugins[i].Plugin.(framework.PreFilter)})
		if f, ok := c.Plugins[i].Plugin.(framework.PreFilterExtensions); ok {
			s.extensions = append(s.extensions, extension{i, f})
		}
	}
	for _, i := range c.At(framework.AtFilter) {
		s.filters = append(s.filters, filter{i, c.Plugins[i].Plugin.(framework.Filter)})
	}
	for _, i := range c.At(framework.AtPostFilter) {
		s.postFilter = append(s.postFilter, postFilter{i, c.Plugins[i].Plugin.(framework.PostFilter)})
	}
	for _, i := range c.At(framework.AtPreScore) {
		s.preScores = append(s.preScores, preScore{i, c.Plugins[i].Plugin.(framework.PreScore)})
	}
	for _, i := range c.At(framework.AtScore) {
		p := &c.Plugins[i]
		normalize, _ := p.Plugin.(framework.NormalizeScore)
		s.scores = append(s.scores, score{i, p.Weight, normalize, p.Plugin.(framework.Score)})
	}
}
