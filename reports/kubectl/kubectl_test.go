package kubectl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/logged"
)

// logs are the operation logs of scenarios in testdata.
var logs = struct {
	sync.Mutex
	of    map[string][]byte
	extra map[string]*models.Unsimulated
}{of: make(map[string][]byte), extra: make(map[string]*models.Unsimulated)}

// logOf runs a scenario in testdata and returns its log.
func logOf(t *testing.T, name string) []byte {
	t.Helper()
	logs.Lock()
	defer logs.Unlock()
	if log := logs.of[name]; log != nil {
		return log
	}
	text, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	log, _, run := logged.Run(t, scenarios.Input{
		Files: []scenarios.File{{Name: name + ".yaml", Reader: bytes.NewReader(text)}}, KeepUnsimulated: true,
	})
	logs.of[name], logs.extra[name] = log, run.Unsimulated
	return log
}

// shopStart is when virtual time begins in testdata/shop.yaml.
var shopStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func newReplay(t *testing.T, name string) *cluster.Replay {
	t.Helper()
	p, err := cluster.NewReplay(bytes.NewReader(logOf(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// replayed is a run up to a moment.
func replayed(t *testing.T, name string, at models.Time) *Moment {
	t.Helper()
	p := newReplay(t, name)
	m := &Moment{View: p.Cluster.View(), Events: NewEvents(shopStart), Addresses: NewAddresses(), At: at, Start: shopStart, Unsimulated: NewUnsimulated(logs.extra[name])}
	p.Cluster.Observe(m.Events)
	p.Cluster.Observe(m.Addresses)
	for {
		next, err := p.Next()
		if errors.Is(err, io.EOF) || err == nil && next > at {
			return m
		}
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

// One line for each time that the API server is told of an Event.
func TestEventsOfARun(t *testing.T) {
	var b strings.Builder
	p := newReplay(t, "shop")
	e := NewEvents(shopStart)
	e.Told = func(e Event) {
		object := e.About.Kind + "/" + e.About.Name
		if e.About.FieldPath != "" {
			object += " " + e.About.FieldPath
		}
		fmt.Fprintf(&b, "%s %s %s %s %s: %s (x%d)\n", e.Last, e.Component, e.Type, object, e.Reason, e.Message, e.Count)
	}
	p.Cluster.Observe(e)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	e.Flush()
	golden.Match(t, "events.golden", b.String())
}

// matchView compares what get or describe shows with a golden file.
func matchView(t *testing.T, m *Moment, q Query, describe bool, name string) {
	t.Helper()
	show := query(t, q).Get
	if describe {
		show = query(t, q).Describe
	}
	var b strings.Builder
	if _, err := show(&b, m); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, name+".golden", b.String())
}
