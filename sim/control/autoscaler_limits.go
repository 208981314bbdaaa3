package control

import (
	"math"
	"time"

	"github.com/podsim/podsim/models"
)

// How far an autoscaler goes at once.
// Source: pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas,
// normalizeDesiredReplicasWithBehaviors).

// downscaleStabilization is for how long an earlier recommendation keeps an autoscaler
// from scaling down.
// Source: pkg/controller/podautoscaler/config (HorizontalPodAutoscalerDownscaleStabilizationWindow).
const downscaleStabilization = 5 * time.Minute

// history is what an autoscaler remembers.
type history struct {
	recommendations []moment
	ups, downs      []moment // changes of replicas
}

// moment is a number at a moment.
type moment struct {
	n  int32
	at models.Time
}

// remember puts a recommendation in the place of the last that is old, if there is one.
func (h *history) remember(n int32, at models.Time, old int) {
	if old >= 0 {
		h.recommendations[old] = moment{n, at}
		return
	}
	h.recommendations = append(h.recommendations, moment{n, at})
}

// limited is a number of replicas and what has become of it: the conditions that tell.
type limited struct {
	replicas           int32
	able, ableText     string
	limited            bool
	reason, limitsText string
}

const (
	higherText = "recent recommendations were higher than current one, applying the highest recent recommendation"
	lowerText  = "recent recommendations were lower than current one, applying the lowest recent recommendation"
	rangeText  = "the desired count is within the acceptable range"
	fasterText = "the desired replica count is increasing faster than the maximum scale rate"
	slowerText = "the desired replica count is decreasing faster than the maximum scale rate"
	moreText   = "the desired replica count is more than the maximum replica count"
	lessText   = "the desired replica count is less than the minimum replica count"
)

func (l *limited) stabilized(changed bool, reason, text string) {
	l.able, l.ableText = "ReadyForNewScale", "recommended size matches current size"
	if changed {
		l.able, l.ableText = reason, text
	}
}

func (l *limited) bounded(replicas, wanted int32, reason, text string) {
	l.replicas, l.limited, l.reason, l.limitsText = replicas, replicas != wanted, reason, text
}

// plainly limits a recommendation of an autoscaler without behavior.
func (h *history) plainly(now models.Time, current, desired int32, rules *models.AutoscalerRules) (l limited) {
	stable, old := desired, -1
	for i, r := range h.recommendations {
		if r.at < now-models.Time(downscaleStabilization) {
			old = i
		} else {
			stable = max(stable, r.n)
		}
	}
	h.remember(desired, now, old)
	l.stabilized(stable != desired, "ScaleDownStabilized", higherText)
	most, reason, text := rules.Max, "TooManyReplicas", moreText
	if limit := int32(min(max(2*int64(current), 4), math.MaxInt32)); rules.Max > limit {
		most, reason, text = limit, "ScaleUpLimit", fasterText
	}
	switch {
	case stable < rules.Min:
		l.bounded(rules.Min, stable, "TooFewReplicas", lessText)
	case stable > most:
		l.bounded(most, stable, reason, text)
	default:
		l.bounded(stable, stable, "DesiredWithinRange", rangeText)
	}
	return l
}

// behaving limits a recommendation of an autoscaler with behavior.
func (h *history) behaving(now models.Time, current, desired int32, rules *models.AutoscalerRules) (l limited) {
	up, down := &rules.Behavior.Up, &rules.Behavior.Down
	lowest, highest, old := desired, desired, -1
	afterUp, afterDown := now-models.Time(up.Window), now-models.Time(down.Window)
	for i, r := range h.recommendations {
		if r.at > afterUp {
			lowest = min(lowest, r.n)
		}
		if r.at > afterDown {
			highest = max(highest, r.n)
		}
		if r.at < afterUp && r.at < afterDown {
			old = i
		}
	}
	stable := min(max(current, lowest), highest)
	h.remember(desired, now, old)
	if desired >= current {
		l.stabilized(stable != desired, "ScaleUpStabilized", lowerText)
	} else {
		l.stabilized(stable != desired, "ScaleDownStabilized", higherText)
	}
	l.bounded(stable, stable, "DesiredWithinRange", rangeText)
	switch {
	case stable > current:
		limit := max(h.most(now, current, up), current)
		most, reason, text := rules.Max, "TooManyReplicas", moreText
		if rules.Max > limit {
			most, reason, text = limit, "ScaleUpLimit", fasterText
		}
		if stable > most {
			l.bounded(most, stable, reason, text)
		}
	case stable < current:
		limit := min(h.least(now, current, down), current)
		least, reason, text := rules.Min, "TooFewReplicas", lessText
		if rules.Min < limit {
			least, reason, text = limit, "ScaleDownLimit", slowerText
		}
		if stable < least {
			l.bounded(least, stable, reason, text)
		}
	}
	return l
}

// changed sums up the changes of replicas within a period.
func changed(now models.Time, events []moment, period time.Duration) (n int32) {
	for _, e := range events {
		if e.at > now-models.Time(period) {
			n += e.n
		}
	}
	return n
}

// began is how many replicas there were when a period began.
func (h *history) began(now models.Time, current int32, period time.Duration) int32 {
	return current - changed(now, h.ups, period) + changed(now, h.downs, period)
}

// most is up to how many replicas the policies let an autoscaler go.
func (h *history) most(now models.Time, current int32, rules *models.ScalingRules) int32 {
	if rules.Select == models.SelectDisabled {
		return current
	}
	result := int32(math.MinInt32)
	if rules.Select == models.SelectMin {
		result = math.MaxInt32
	}
	for _, p := range rules.Policies {
		start := h.began(now, current, p.Period)
		allowed := start + p.Value
		if p.Percent {
			allowed = ceiling(float64(start) * float64(1+float64(p.Value)/100))
		}
		if rules.Select == models.SelectMin {
			result = min(result, allowed)
		} else {
			result = max(result, allowed)
		}
	}
	return result
}

// least is down to how many replicas the policies let an autoscaler go.
func (h *history) least(now models.Time, current int32, rules *models.ScalingRules) int32 {
	if rules.Select == models.SelectDisabled {
		return current
	}
	result := int32(math.MaxInt32)
	if rules.Select == models.SelectMin {
		result = math.MinInt32
	}
	for _, p := range rules.Policies {
		start := h.began(now, current, p.Period)
		allowed := start - p.Value
		if p.Percent {
			allowed = int32(float64(start) * float64(1-float64(p.Value)/100))
		}
		if rules.Select == models.SelectMin {
			result = max(result, allowed)
		} else {
			result = min(result, allowed)
		}
	}
	return result
}

// scaled notes a change of replicas, in the place of the last that no policy of its
// direction asks for.
func (h *history) scaled(now models.Time, from, to int32, b *models.ScalingBehavior) {
	if b == nil {
		return
	}
	events, rules, by := &h.downs, &b.Down, from-to
	if to > from {
		events, rules, by = &h.ups, &b.Up, to-from
	}
	longest, old := time.Duration(0), -1
	for _, p := range rules.Policies {
		longest = max(longest, p.Period)
	}
	for i, e := range *events {
		if e.at < now-models.Time(longest) {
			old = i
		}
	}
	if old >= 0 {
		(*events)[old] = moment{by, now}
		return
	}
	*events = append(*events, moment{by, now})
}
