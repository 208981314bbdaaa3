package kubescheduler

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

var (
	firstSeed = flag.Uint64("seed", 1, "seed of the first world")
	worlds    = flag.Int("worlds", 36, "number of worlds of each kind, with seeds in a row")
	fresh     = flag.Int("fresh", 6, "number of further worlds of each kind with seeds that were never seen")
	keep      = flag.String("keep", "", "folder for the smallest world of every difference, as YAML")
)

func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// eachSeed runs a test for every seed that the flags ask for.
func eachSeed(t *testing.T, share int, test func(*testing.T, uint64)) {
	var seeds []uint64
	for i := range *worlds / share {
		seeds = append(seeds, *firstSeed+uint64(i))
	}
	for range *fresh / share {
		seeds = append(seeds, rand.Uint64())
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { test(t, seed) })
	}
}

func TestDecisionsAreThoseOfKubeScheduler(t *testing.T) {
	eachSeed(t, 1, func(t *testing.T, seed uint64) { hold(t, Generate(seed), Histories) })
}

func TestPlacesAreThoseOfKubeScheduler(t *testing.T) {
	eachSeed(t, 1, func(t *testing.T, seed uint64) { hold(t, GenerateStill(seed), Places) })
}

// hold fails with the smallest world on which both sides differ.
func hold(t *testing.T, world World, compare Comparison) {
	t.Helper()
	difference, err := compare(&world)
	if err != nil {
		t.Fatalf("seed %d: %v", world.Seed, err)
	}
	if difference == nil {
		return
	}
	small, difference := Shrink(world, compare)
	t.Errorf("seed %d, pod %s (- kube-scheduler, + podsim):\n%s\nsmallest world:\n%s",
		world.Seed, difference.Pod, difference.Text, small.YAML())
	if *keep == "" {
		return
	}
	for name, text := range map[string]string{"": small.YAML(), "-frozen": difference.Frozen} {
		if text == "" {
			continue
		}
		file := filepath.Join(*keep, fmt.Sprintf("%s-%d%s.yaml", filepath.Base(filepath.Dir(t.Name())), world.Seed, name))
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Error(err)
		}
	}
}

func TestCopiesThatFitAreThoseOfKubeScheduler(t *testing.T) {
	eachSeed(t, 3, func(t *testing.T, seed uint64) { hold(t, GenerateStill(seed^0xf17), CompareFits) })
}
