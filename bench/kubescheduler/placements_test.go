package kubescheduler

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
)

var (
	firstSeed = flag.Uint64("seed", 1, "seed of the first world")
	worlds    = flag.Int("worlds", 60, "number of worlds, with seeds in a row")
	fresh     = flag.Int("fresh", 0, "number of further worlds with seeds that were never seen")
)

func TestPlacementsAreThoseOfKubeScheduler(t *testing.T) {
	var seeds []uint64
	for i := range *worlds {
		seeds = append(seeds, *firstSeed+uint64(i))
	}
	for range *fresh {
		seeds = append(seeds, rand.Uint64())
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { compareWorld(t, seed) })
	}
}

func compareWorld(t *testing.T, seed uint64) {
	world := Generate(seed)
	difference, err := Compare(&world, nil)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if difference == nil {
		return
	}
	small, difference := Shrink(world)
	t.Errorf("seed %d, pod %s (- kube-scheduler, + podsim):\n%s\nsmallest world:\n%s",
		seed, difference.Pod, difference.Text, small.YAML())
}
