package app_test

import (
	"errors"
	"os"
	"time"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

// toyPlugins are the plugins of mypodsim.
func toyPlugins() []app.Option {
	entry := func(name, help string, plugin framework.Plugin) app.Option {
		return app.WithPlugin(plugins.Entry{
			Name: name, Help: help,
			New: func(any, *models.Dictionary) (framework.Plugin, error) { return plugin, nil },
		})
	}
	fault := &sim.InvariantError{Seed: 7, Event: 1, Reason: errors.New("a pod on two nodes")}
	return []app.Option{
		entry("LastNode", "prefers the node that joined last", lastNode{}),
		entry("Panics", "panics", rejects{"Panics", func() { panic("out of luck") }}),
		entry("Breaks", "breaks an invariant", rejects{"Breaks", func() { panic(fault) }}),
		entry("Hangs", "never answers, and leaves the file hangs when it begins", rejects{"Hangs", func() {
			_ = os.WriteFile("hangs", nil, 0o666)
			for {
				time.Sleep(time.Hour)
			}
		}}),
	}
}

type lastNode struct{}

func (lastNode) Name() string           { return "LastNode" }
func (lastNode) Reads() framework.Reads { return framework.ReadsNodeFacts }

func (lastNode) Score(c *framework.Cycle, n framework.Node) int64 {
	if int(n.ID()) == c.View.Nodes()-1 {
		return framework.MaxNodeScore
	}
	return 0
}

// rejects is a plugin that does something bad whenever it is asked about a node.
type rejects struct {
	name string
	do   func()
}

func (r rejects) Name() string         { return r.name }
func (rejects) Reads() framework.Reads { return framework.ReadsNodeLoad }

func (r rejects) Filter(*framework.Cycle, framework.Node) *framework.Status {
	r.do()
	return nil
}
