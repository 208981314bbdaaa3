package kubescheduler

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestShrinkKeepsOnlyWhatDiffers plants the one thing that podsim refuses on
// purpose although an API server takes it: half a byte.
func TestShrinkKeepsOnlyWhatDiffers(t *testing.T) {
	world := Generate(2)
	odd := json.RawMessage(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"odd"},
		"spec":{"containers":[{"name":"app","image":"tiny:1","resources":{"requests":{"memory":"1500m"}}}]}}`)
	middle := len(world.Steps) / 2
	steps := append([]Step{}, world.Steps[:middle]...)
	steps = append(steps, Step{Kind: SchedulePod, Object: odd, Name: "odd"})
	world.Steps = append(steps, world.Steps[middle:]...)
	small, difference := Shrink(world, Histories)
	if difference == nil {
		t.Fatal("the difference was not found")
	}
	if len(small.Steps) != 1 || small.Steps[0].Name != "odd" {
		t.Errorf("shrunk to %d steps:\n%s", len(small.Steps), small.YAML())
	}
	if !strings.Contains(small.YAML(), "memory: 1500m") {
		t.Errorf("the world is not written as it is:\n%s", small.YAML())
	}
}

func TestEqualWorldsAreLeftAlone(t *testing.T) {
	world := World{Steps: Generate(2).Steps[:1]}
	if small, difference := Shrink(world, Histories); difference != nil || len(small.Steps) != 1 {
		t.Errorf("a world without a decision cannot differ: %v", difference)
	}
}

func TestSeedsAreWorlds(t *testing.T) {
	first, again, other := Generate(7), Generate(7), Generate(8)
	if first.YAML() != again.YAML() {
		t.Error("a seed gave two worlds")
	}
	if first.YAML() == other.YAML() {
		t.Error("two seeds gave one world")
	}
}
