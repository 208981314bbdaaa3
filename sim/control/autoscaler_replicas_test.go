package control

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// pods are pods that count, each with a metric and a request of 1000.
func counted(values ...int64) []scaledPod {
	var list []scaledPod
	for _, v := range values {
		list = append(list, scaledPod{countedPod, v, 1000})
	}
	return list
}

func with(list []scaledPod, groups ...podGroup) []scaledPod {
	for _, g := range groups {
		list = append(list, scaledPod{g, 9999, 1000}) // their metrics count for nothing
	}
	return list
}

var tenth = tolerances{0.1, 0.1}

// The comments work out what is expected; u is the utilization of pods that count in
// whole percent, r its ratio to the target.
func TestReplicasByUtilization(t *testing.T) {
	tests := []struct {
		rule    string
		current int32
		pods    []scaledPod
		target  int32
		t       tolerances
		want    int32
		percent int32
		average int64
		err     error
	}{
		{"up", 3, counted(300, 500, 700), 30, tenth, 5, 50, 500, nil},                                   // u 50, r 5/3, ceil(5/3·3)
		{"down", 5, counted(100, 300, 500, 250, 250), 50, tenth, 3, 28, 280, nil},                       // u 28, r 0.56, ceil(2.8)
		{"percent is cut before it is compared", 3, counted(559, 559, 559), 50, tenth, 3, 55, 559, nil}, // u 55, r 1.1
		{"just beyond the tolerance", 3, counted(560, 560, 560), 50, tenth, 4, 56, 560, nil},            // r 1.12, ceil(3.36)
		{"at the lower edge of the tolerance", 4, counted(450, 450, 450, 450), 50, tenth, 4, 45, 450, nil},
		{"a tolerance of its own for the way down", 4, counted(450, 450, 450, 450), 50, tolerances{0.05, 0.1}, 4, 45, 450, nil},          // ceil(3.6)
		{"no tolerance at all", 100, counted(510), 50, tolerances{}, 2, 51, 510, nil},                                                    // only one pod counts: ceil(1.02)
		{"unready pods count as idle on the way up", 3, with(counted(500, 700), unreadyPod), 30, tenth, 4, 60, 600, nil},                 // r 2; again 1200/3000: u 40, r 4/3, ceil(4)
		{"unready pods can take the reason away", 3, with(counted(400), unreadyPod, unreadyPod), 30, tenth, 3, 40, 400, nil},             // again u 13: other direction
		{"unready pods do not matter on the way down", 3, with(counted(100, 100), unreadyPod), 50, tenth, 1, 10, 100, nil},               // ceil(0.2·2)
		{"missing pods count as busy on the way down", 4, with(counted(100, 100, 100), missingPod), 50, tenth, 3, 10, 100, nil},          // again 1300/4000: u 32, r 0.64, ceil(2.56)
		{"of a target above 100 % they count as that", 4, with(counted(1000, 1000, 1000), missingPod), 200, tenth, 3, 100, 1000, nil},    // again 5000/4000: u 125, r 0.625, ceil(2.5)
		{"missing pods count as idle on the way up", 4, with(counted(1500, 1500), missingPod, missingPod), 50, tenth, 6, 150, 1500, nil}, // again 3000/4000: u 75, r 1.5, ceil(6)
		{"missing pods can turn the direction", 2, with(counted(200), missingPod), 50, tenth, 2, 20, 200, nil},                           // again 1200/2000: r 1.2
		{"missing and unready together", 5, with(counted(1000, 1000), missingPod, unreadyPod), 40, tenth, 5, 100, 1000, nil},             // again u 50, r 1.25, ceil(5) = 5
		{"exactly on target with missing pods", 4, with(counted(500, 500), missingPod), 50, tenth, 4, 50, 500, nil},                      // again the same
		{"ignored pods count for nothing", 3, with(counted(800, 800), ignoredPod), 40, tenth, 4, 80, 800, nil},                           // r 2, ceil(2·2)
		{"more replicas than pods", 10, counted(600, 600), 50, tenth, 3, 60, 600, nil},                                                   // r 1.2, ceil(2.4): fewer than there are
		{"nothing counts", 3, with(nil, unreadyPod, missingPod), 50, tenth, 0, 0, 0, errNotReceived},
		{"no pods", 3, nil, 50, tenth, 0, 0, 0, errNoPods},
		{"no requests", 1, []scaledPod{{countedPod, 5, 0}}, 50, tenth, 0, 0, 0, errNoMatch},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			replicas, percent, average, err := byUtilization(test.current, test.pods, test.target, test.t)
			if replicas != test.want || percent != test.percent || average != test.average || !errors.Is(err, test.err) {
				t.Errorf("got %d, %d %%, %d, %v; want %d, %d %%, %d, %v", replicas, percent, average, err, test.want, test.percent, test.average, test.err)
			}
		})
	}
}

func TestReplicasByAverage(t *testing.T) {
	tests := []struct {
		rule    string
		current int32
		pods    []scaledPod
		target  int64
		want    int32
		average int64
	}{
		{"up", 3, counted(20000, 10000, 10000), 8000, 5, 13333},                                                               // 40000/3 cut, r 1.666…, ceil(4.99…)
		{"down", 6, counted(1, 2, 3, 4, 5, 7), 10, 2, 3},                                                                      // 22/6 cut, r 0.3, ceil(1.8) = 2
		{"missing pods count as on target on the way down", 4, with(counted(100, 100), missingPod, missingPod), 1000, 3, 100}, // again 2200/4 = 550, ceil(2.2)
		{"missing pods count as nothing on the way up", 3, with(counted(3000, 3000), missingPod), 1000, 6, 3000},              // again 2000, ceil(6)
		{"unready pods count as nothing on the way up", 3, with(counted(2000, 2000), unreadyPod), 1000, 4, 2000},              // again 1333, ceil(3.999)
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			replicas, average, err := byAverage(test.current, test.pods, test.target, tenth)
			if replicas != test.want || average != test.average || err != nil {
				t.Errorf("got %d, %d, %v; want %d, %d", replicas, average, err, test.want, test.average)
			}
		})
	}
}

func TestReplicasByValuesThatAreNoPodsOwn(t *testing.T) {
	ratios := []struct {
		rule    string
		current int32
		ratio   float64
		ready   int32
		want    int32
	}{
		{"by the ready pods", 5, 1.5, 4, 6},
		{"within the tolerance", 5, 0.95, 3, 5},
		{"down", 5, 0.2, 4, 1},
		{"from nothing the ratio counts alone", 0, 2.1, 0, 3},
		{"no more than there can be", 5, 1e12, 5, math.MaxInt32},
	}
	for _, test := range ratios {
		if got := byRatio(test.current, test.ratio, test.ready, tenth); got != test.want {
			t.Errorf("%s: got %d; want %d", test.rule, got, test.want)
		}
	}
	shares := []struct {
		rule          string
		replicas      int32
		value, target int64
		want          int32
		average       int64
	}{
		{"up", 2, 90, 30, 3, 45},
		{"rounded up", 4, 8600, 50, 172, 2150},
		{"within the tolerance", 3, 99, 30, 3, 33},
		{"down", 5, 61, 30, 3, 13}, // ceil(61/30), ceil(61/5)
	}
	for _, test := range shares {
		if n, average := byShare(test.replicas, test.value, test.target, tenth); n != test.want || average != test.average {
			t.Errorf("%s: got %d of %d; want %d of %d", test.rule, n, average, test.want, test.average)
		}
	}
}

const aSecond = models.Time(time.Second)

func TestStabilizationWithoutBehavior(t *testing.T) {
	rules := &models.AutoscalerRules{Min: 2, Max: 20}
	h := &history{recommendations: []moment{{3, 0}}}
	for _, step := range []struct {
		at      models.Time
		current int32
		desired int32
		want    int32
		able    string
		limited bool
		reason  string
	}{
		{15, 3, 9, 6, "ReadyForNewScale", true, "ScaleUpLimit"}, // at most twice as many
		{30, 6, 30, 12, "ReadyForNewScale", true, "ScaleUpLimit"},
		{45, 12, 30, 20, "ReadyForNewScale", true, "TooManyReplicas"},
		{60, 20, 1, 20, "ScaleDownStabilized", true, "TooManyReplicas"},  // 30 at 45 s
		{345, 20, 1, 20, "ScaleDownStabilized", true, "TooManyReplicas"}, // still: 300 s are not over
		{346, 20, 1, 2, "ReadyForNewScale", true, "TooFewReplicas"},
		{361, 1, 4, 4, "ReadyForNewScale", false, "DesiredWithinRange"}, // 4 are always allowed
	} {
		l := h.plainly(step.at*aSecond, step.current, step.desired, rules)
		if l.replicas != step.want || l.able != step.able || l.limited != step.limited || l.reason != step.reason {
			t.Errorf("at %d s: %+v; want %d, %s, %t %s", step.at, l, step.want, step.able, step.limited, step.reason)
		}
	}
}

func TestScalingPolicies(t *testing.T) {
	pods := models.ScalingPolicy{Value: 4, Period: time.Minute}
	percent := models.ScalingPolicy{Percent: true, Value: 50, Period: 30 * time.Second}
	h := &history{ups: []moment{{3, 10 * aSecond}, {2, 50 * aSecond}}, downs: []moment{{1, 45 * aSecond}}}
	rules := func(choice models.SelectPolicy) *models.ScalingRules {
		return &models.ScalingRules{Select: choice, Policies: []models.ScalingPolicy{pods, percent}}
	}
	// At 60 s there are 11. A minute before it were 11-5+1 = 7, of which the change at 10 s
	// counts, half a minute before 11-2+1 = 10.
	for _, test := range []struct {
		choice      models.SelectPolicy
		most, least int32
	}{
		{models.SelectMax, 15, 3},       // max(7+4, ceil(15)); min(7-4, 5)
		{models.SelectMin, 11, 5},       // min(11, 15); max(3, 5)
		{models.SelectDisabled, 11, 11}, // as they are
	} {
		if most, least := h.most(60*aSecond, 11, rules(test.choice)), h.least(60*aSecond, 11, rules(test.choice)); most != test.most || least != test.least {
			t.Errorf("%s: %d to %d; want %d to %d", test.choice, least, most, test.least, test.most)
		}
	}
	// A change exactly a period ago no longer counts.
	if got := h.most(70*aSecond, 11, &models.ScalingRules{Policies: []models.ScalingPolicy{pods}}); got != 11-2+1+4 {
		t.Errorf("a minute after the first change: %d", got)
	}
	// Up rounds up, down is cut.
	odd := &models.ScalingRules{Policies: []models.ScalingPolicy{{Percent: true, Value: 10, Period: time.Second}}}
	if most, least := new(history).most(0, 5, odd), new(history).least(0, 5, odd); most != 6 || least != 4 {
		t.Errorf("10 %% of 5: %d to %d; want 4 to 6", least, most)
	}
}

func TestStabilizationWithBehavior(t *testing.T) {
	rules := &models.AutoscalerRules{Min: 1, Max: 50, Behavior: &models.ScalingBehavior{
		Up:   models.ScalingRules{Window: time.Minute, Policies: []models.ScalingPolicy{{Value: 100, Period: time.Second}}},
		Down: models.ScalingRules{Window: 2 * time.Minute, Policies: []models.ScalingPolicy{{Percent: true, Value: 100, Period: time.Second}}},
	}}
	h := &history{recommendations: []moment{{5, 0}}}
	for _, step := range []struct {
		at      models.Time
		current int32
		desired int32
		want    int32
		able    string
	}{
		{30, 5, 20, 5, "ScaleUpStabilized"},    // 5 were enough within the last minute
		{60, 5, 15, 15, "ReadyForNewScale"},    // what was said exactly a minute ago does not count
		{90, 15, 3, 15, "ScaleDownStabilized"}, // between 3 and 20, where it is
		{149, 15, 3, 15, "ScaleDownStabilized"},
		{150, 15, 3, 15, "ScaleDownStabilized"}, // 20 at 30 s is over, 15 at 60 s is not
		{180, 15, 3, 3, "ReadyForNewScale"},
	} {
		if l := h.behaving(step.at*aSecond, step.current, step.desired, rules); l.replicas != step.want || l.able != step.able {
			t.Errorf("at %d s: %d, %s; want %d, %s", step.at, l.replicas, l.able, step.want, step.able)
		}
	}
}
