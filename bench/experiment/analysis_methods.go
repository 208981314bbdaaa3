package experiment

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
)

// methods says in sentences how the numbers were found.
func (a *analysis) methods() []string {
	e := a.experiment
	confidence := reports.Percent(e.Confidence)
	out := []string{a.runsMethod()}
	if len(a.warmUpNote()) > 0 {
		out = append(out, "MSER-5 (White, Cobb and Spratt, 2000) cuts a series where the mean of the rest has the smallest standard error, over batches of "+
			"five samples; here of the utilisation of cpu, or of running pods where nobody requests cpu. It counts if the first five samples are more "+
			"than two standard deviations away from the rest.")
	}
	if len(a.runs.seeds) < 2 {
		return append(out, "One seed shows what happened, not what would happen again: there are no intervals and no verdicts.")
	}
	out = append(out,
		fmt.Sprintf("Intervals (%s) are of the mean over seeds: the smallest that holds both Student's t interval and that of a studentised bootstrap "+
			"(%s resamples, fixed seed). Tried on 2,000 sets each of normal, skewed and tied differences of 10 and 30 seeds, 95%% intervals held the "+
			"true mean in 92%% to 98%%; either alone misses it more often.", confidence, reports.Count(int64(a.estimator.Resamples()))),
		"Quantiles such as pending.p99 are taken in each run; their means and intervals are over runs. The interval of a median over seeds, where seeds "+
			"are enough for one, has values of seeds as ends (order statistics) and supposes no distribution.")
	if len(e.Policies) > 1 {
		out = append(out, a.testMethods()...)
	}
	if e.Until != nil {
		out = append(out, "Seeds were added until the interval was narrow enough: such intervals are a little too narrow, by one to three hundredths "+
			"of their confidence, and more if differences are very skewed.")
	}
	if a.bounded {
		out = append(out, "The best possible value is a proven bound on what any policy could reach with the work that was served, the weakest among "+
			"the policies in each seed, averaged over seeds.")
	}
	if len(e.Assertions) > 0 {
		out = append(out, fmt.Sprintf("An assertion holds if the whole two-sided %s interval of left minus right is on its side; == holds if both sides "+
			"are equal in every seed. Assertions are not corrected for their number.", confidence))
	}
	return out
}

func (a *analysis) runsMethod() string {
	text := fmt.Sprintf("Every policy ran on the same %d seeds, and is compared to %s seed by seed", len(a.runs.seeds), a.baseline())
	switch {
	case len(a.experiment.Policies) == 1:
		text = fmt.Sprintf("The policy ran on %d seeds", len(a.runs.seeds))
	case len(a.runs.seeds) == 1:
		text = "Every policy ran on the same seed"
	}
	if warmUp := a.experiment.WarmUp; warmUp > 0 {
		return text + fmt.Sprintf("; metrics leave out the first %s of each run.", reports.Duration(reports.Seconds(warmUp.Seconds())))
	}
	return text + "; metrics are of whole runs, without a warm-up left out."
}

func (a *analysis) baseline() string {
	if a.experiment.Baseline < len(a.experiment.Policies) {
		return a.experiment.Policies[a.experiment.Baseline].Name
	}
	return "the baseline"
}

func (a *analysis) testMethods() []string {
	tests := 0
	for _, f := range a.families {
		tests = max(tests, f.tests())
	}
	alpha := fmt.Sprintf("%v", a.alpha())
	var out []string
	switch a.test {
	case noTest:
		return []string{"Nothing was tested: all differences are 0, or could not be measured."}
	case bySigns:
		out = append(out, "p-values are those of the exact two-sided sign-flip test of the mean difference, which supposes no distribution.")
	case byStudent:
		out = append(out, fmt.Sprintf("p-values are those of the paired two-sided t test: with so few seeds no sign-flip test could show one of %s. "+
			"In its stead a verdict must also hold in a joint sign-flip test of all metrics of a policy (Westfall and Young's step-down maximum, by "+
			"Bonferroni for the number of policies), so that no distribution need be supposed.", reports.Plural(tests, "difference")))
	}
	out = append(out,
		fmt.Sprintf("p-values are adjusted by Holm's method for %s in a table (all metrics and policies but those equal in every seed). "+
			"A verdict needs an adjusted p below %s and an interval without 0: if the policies were all alike, the chance of any verdict in a table would "+
			"be at most %s.", reports.Plural(tests, "difference"), alpha, reports.Percent(a.alpha())),
		"Effect sizes are Hedges' g of the pairs: mean over standard deviation of the differences, with the exact correction for small samples.",
		"The width ratio is the width of the paired t interval over that of Welch's, which ignores the pairs: below 1, common seeds have paid.")
	return out
}

// notes tells what the reader must know, each once: what the experiment and the
// runs say of themselves, and what the results cannot show.
func (a *analysis) notes(missing []string) []string {
	out := []string{}
	known := make(map[string]bool)
	add := func(notes ...string) {
		for _, note := range notes {
			if !known[note] {
				known[note] = true
				out = append(out, note)
			}
		}
	}
	add(a.experiment.Notes...)
	add(a.warmUpNote()...)
	a.runs.each(func(r *Result) { add(r.Notes...) })
	for _, name := range missing {
		add(a.runs.unknownMetric(name))
	}
	if len(a.runs.seeds) > 1 && len(a.experiment.Policies) > 1 {
		add(a.tooFew()...)
		add(a.unpaired()...)
	}
	return out
}

// tooFew tells if there are so few seeds that no verdict is possible.
func (a *analysis) tooFew() []string {
	n, policies := len(a.runs.seeds), len(a.experiment.Policies)-1
	enough := func(n int) bool {
		return float64(float64(policies)*statistics.SmallestSignFlip(n)) < a.alpha()
	}
	if a.test != byStudent || enough(n) {
		return nil
	}
	for n++; !enough(n); n++ {
	}
	return []string{fmt.Sprintf("%d seeds are too few for any verdict at %s confidence: %d are the least.",
		len(a.runs.seeds), reports.Percent(a.experiment.Confidence), n)}
}

// unpaired tells which metrics have no value for both policies in some seeds.
func (a *analysis) unpaired() []string {
	var names []string
	known := make(map[string]bool)
	for cell, f := range a.families {
		for _, p := range f.pairs {
			lacks := len(p.differences) < a.runs.both(cell, p.policy)
			if lacks && len(p.differences) > 0 && !known[p.metric] {
				known[p.metric] = true
				names = append(names, p.metric)
			}
		}
	}
	if names == nil {
		return nil
	}
	more := ""
	if len(names) > 10 {
		more = fmt.Sprintf(" and %d more", len(names)-10)
		names = names[:10]
	}
	return []string{"In some seeds there was nothing to measure for one of two policies; the comparison leaves these seeds out: " +
		strings.Join(names, ", ") + more + "."}
}

// both counts the seeds in which a policy and the baseline ran.
func (t *runTable) both(cell, policy int) int {
	n := 0
	for seed := range t.seeds {
		if t.runs[t.at(cell, policy, seed)] != nil && t.runs[t.at(cell, t.experiment.Baseline, seed)] != nil {
			n++
		}
	}
	return n
}
