package sim

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/images"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// A soak is a week on fifty nodes. For five days things break in every way that there is,
// several at a time; then it is quiet, and everything must be as it should be again.
const (
	soakBusy  = models.Time(5 * 24 * time.Hour)
	soakWeek  = models.Time(7 * 24 * time.Hour)
	soakNodes = 50
)

// soakCase is a soak by its seed, without some of its faults and objects, and with some
// policies.
type soakCase struct {
	seed            uint64
	faults, objects []int    // that are left out
	policies        []string // nil leaves them to chance
}

// text is how a case is saved.
func (c *soakCase) text() []byte {
	return fmt.Appendf(nil, "seed %d\nwithout faults %v\nwithout objects %v\nwith policies %v\n", c.seed, c.faults, c.objects, c.policies)
}

func readSoakCase(text []byte) (c soakCase, err error) {
	var faults, objects []byte
	lines := bytes.SplitN(text, []byte("\n"), 5)
	if len(lines) < 4 {
		return c, errors.New("want four lines")
	}
	policies, _ := bytes.CutPrefix(lines[3], []byte("with policies ["))
	c.policies = strings.Fields(string(bytes.TrimRight(policies, "]")))
	if _, err := fmt.Sscanf(string(lines[0]), "seed %d", &c.seed); err != nil {
		return c, err
	}
	faults, _ = bytes.CutPrefix(lines[1], []byte("without faults ["))
	objects, _ = bytes.CutPrefix(lines[2], []byte("without objects ["))
	for i, list := range [][]byte{faults, objects} {
		for _, word := range bytes.Fields(bytes.TrimRight(list, "]")) {
			n, err := strconv.Atoi(string(word))
			if err != nil {
				return c, err
			}
			if i == 0 {
				c.faults = append(c.faults, n)
			} else {
				c.objects = append(c.objects, n)
			}
		}
	}
	return c, nil
}

// history makes the world of a case.
func (c *soakCase) history(t testing.TB) *history {
	h := &history{world: newWorld(t), draw: rand.New(rand.NewPCG(c.seed, 21))}
	h.config.Seed, h.config.Horizon, h.config.CheckEvery = c.seed, soakWeek, 1<<13
	h.config.Latencies, h.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
	h.config.Latencies.Binding = one(h.draw, 0, 10*time.Millisecond)
	table := plugins.Table()
	profile, _ := scheduler.LookupProfile(one(h.draw, "default", "most-allocated", "next-fit"), table)
	h.config.Scheduler = scheduler.DefaultConfig(table)
	h.config.Scheduler.Profiles = []scheduler.Profile{profile}
	for i := range soakNodes {
		h.node(fmt.Sprint("n", i), string("abc"[i%3]), models.Resources{models.CPU: 4000, models.Memory: 8 << 30})
		spec := h.config.Nodes[i]
		spec.Labels = spec.Labels.With(h.d.Sym(models.LabelRack), h.d.Sym(fmt.Sprint("r", i%9)))
	}
	if h.draw.IntN(2) == 0 {
		h.config.Images = &images.Config{
			Images:     map[models.Sym]images.Image{h.d.Sym("app:1"): {Size: 300 << 20}},
			Registries: []images.Registry{{Name: images.DefaultRegistry, Bandwidth: 50 << 20}}, Nodes: images.DefaultNode(),
		}
	}
	if chances := h.draw.IntN(4); c.policies == nil {
		c.policies = drawnPolicies(c.seed, chances)
	}
	for range 10 + h.draw.IntN(30) {
		h.addObject()
	}
	for range 2 + h.draw.IntN(8) {
		h.addSoakFault()
	}
	h.list = without(h.list, c.objects)
	h.config.Faults = without(h.config.Faults, c.faults)
	h.setPolicies(c.seed, c.policies)
	for i := range h.list {
		for _, toleration := range h.list[i].Template.Pod.Tolerations {
			if toleration.Key == 0 { // it would stay on a node that is lost, and come back to one that is short of something
				h.list[i].Template.Pod.Tolerations = nil
			}
		}
	}
	h.sort()
	return h
}

func without[T any](list []T, drop []int) (kept []T) {
	for i, item := range list {
		if !slices.Contains(drop, i) {
			kept = append(kept, item)
		}
	}
	return kept
}

// addSoakFault draws a fault of any action, at moments that are drawn.
func (h *history) addSoakFault() {
	c := h.draw
	f := fault.Fault{
		Name: h.d.Sym(fmt.Sprint("f", len(h.config.Faults))), Action: fault.Action(c.IntN(int(fault.Actions))), From: models.Time(time.Hour), Until: soakBusy,
		Factor: one(c, 1.5, 2.0, 10), Delay: one(c, 0, time.Second), Notice: one(c, 2*time.Minute, 10*time.Second), Warning: one(c, 0, 10*time.Minute),
	}
	if f.Action.OfRegistries() && h.config.Images == nil {
		f.Action = fault.Crash
	}
	mean := one(c, 6.0, 24) * 3600
	if f.Action.OfNodes() {
		switch f.Scope = one(c, fault.Together, fault.PerNode, fault.PerZone, fault.PerRack); f.Scope {
		case fault.Together:
			f.Target.Count = one(c, 0, 1, 5, 30)
		case fault.PerNode:
			mean *= soakNodes / 5
			f.Shared, f.Wide = one(c, 0, 0.1), one(c, fault.PerRack, fault.PerZone)
		default:
			f.Target.Count = one(c, 0, 3)
		}
	}
	f.Between, _ = kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &mean})
	if f.Action == fault.Shutdown {
		f.Grace = []models.ShutdownGrace{{Grace: time.Minute}}
	}
	if f.Action.Ends() {
		lasts := one(c, 20.0, 120, 900, 5400)
		f.Duration, _ = kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &lasts})
	} else { // two nodes, once
		f.Scope, f.Target.Count, f.Between = fault.Together, 2, nil
		f.At = []models.Time{models.Time(time.Hour) + models.Time(c.IntN(int(soakBusy-models.Time(time.Hour))))}
	}
	h.config.Faults = append(h.config.Faults, f)
}

func (c *soakCase) run(t testing.TB) error { return c.history(t).play(make(map[string]int)) }

// shrink leaves out what a failing case fails without.
func (c soakCase) shrink(t testing.TB) soakCase {
	for _, policy := range slices.Clone(c.policies) {
		fewer := slices.DeleteFunc(slices.Clone(c.policies), func(name string) bool { return name == policy })
		if less := (soakCase{c.seed, c.faults, c.objects, fewer}); less.run(t) != nil {
			c = less
		}
	}
	h := c.history(t)
	for i := range h.config.Faults {
		if less := (soakCase{c.seed, append(slices.Clone(c.faults), i), c.objects, c.policies}); less.run(t) != nil {
			c = less
		}
	}
	for i := range h.list {
		if less := (soakCase{c.seed, c.faults, append(slices.Clone(c.objects), i), c.policies}); less.run(t) != nil {
			c = less
		}
	}
	return c
}

// TestSoak plays the cases that have failed before, and some more: as many as PODSIM_SOAK
// says, which .ci/run does. One that fails is shrunk and saved in testdata/soak.
func TestSoak(t *testing.T) {
	const saved = "testdata/soak"
	files, _ := filepath.Glob(saved + "/*.txt") // the pattern is good
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := readSoakCase(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := c.run(t); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	seeds := make(chan uint64)
	t.Run("seeds", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("worker", func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					c := soakCase{seed: seed}
					err := c.run(t)
					if err == nil {
						continue
					}
					c = c.shrink(t)
					file := filepath.Join(saved, fmt.Sprintf("seed-%d.txt", seed))
					t.Errorf("seed %d, saved in %s: %v", seed, file, err)
					if err := errors.Join(os.MkdirAll(saved, 0o750), os.WriteFile(file, c.text(), 0o600)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		go func() {
			defer close(seeds)
			for seed := range soaks(t) {
				seeds <- seed
			}
		}()
	})
}

// soaks is how many weeks are tried.
func soaks(t *testing.T) uint64 {
	text := os.Getenv("PODSIM_SOAK")
	if text == "" {
		return 10
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("PODSIM_SOAK: %v", err)
	}
	return n
}
