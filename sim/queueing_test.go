package sim

import (
	"math"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// waits observes the time from creation to binding of the pods after a warm-up.
type waits struct {
	warmUp int
	seen   int
	sum    float64
	n      int
}

func (w *waits) Observe(now models.Time, op *models.Op, v cluster.View) {
	if op.Kind != models.OpBindPod {
		return
	}
	if w.seen++; w.seen > w.warmUp {
		w.sum += now.Sub(v.Pod(op.Pod).Created()).Seconds()
		w.n++
	}
}

// meanWait simulates a queue with so many servers, each a node with room for one
// pod, and returns the mean wait.
func meanWait(t *testing.T, seed uint64, servers int, between, service kernel.Parameters, arrivals int32) float64 {
	w := newWorld(t)
	w.config.Seed, w.config.CheckEvery = seed, 1<<20
	for i := range servers {
		w.node("n"+string(rune('a'+i)), "z", models.Resources{models.CPU: 1000, models.Pods: 1})
	}
	behavior := &kubelet.Behavior{RunTime: distribution(t, service)}
	w.config.Sources = []Source{&poisson{
		template: &Template{Pod: w.pod(1000, models.RestartNever), Behavior: behavior},
		name:     w.d.Sym("job"), between: distribution(t, between), streams: kernel.NewStreams(seed), n: arrivals, left: arrivals,
	}}
	observed := &waits{warmUp: int(arrivals) / 10}
	w.run(observed)
	return observed.sum / float64(observed.n)
}

func distribution(t *testing.T, p kernel.Parameters) kernel.Distribution {
	t.Helper()
	d, problems := kernel.NewDistribution(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func number(x float64) *float64 { return &x }

// interval runs an experiment over seeds and returns the mean and the half-width
// of its 99 % confidence interval (Student's t, 19 degrees of freedom).
func interval(experiment func(seed uint64) float64) (mean, half float64) {
	const runs, t99 = 20, 2.861
	var values [runs]float64
	for i := range values {
		values[i] = experiment(uint64(i + 1))
		mean += values[i] / runs
	}
	var variance float64
	for _, x := range values {
		variance += (x - mean) * (x - mean) / (runs - 1)
	}
	return mean, t99 * math.Sqrt(variance/runs)
}

func expect(t *testing.T, what string, want float64, experiment func(seed uint64) float64) {
	t.Helper()
	mean, half := interval(experiment)
	t.Logf("%s: %.4g ± %.2g, the formula says %.4g", what, mean, half, want)
	if math.Abs(mean-want) > half {
		t.Errorf("%s: %.4g ± %.2g does not cover %.4g", what, mean, half, want)
	}
	if half > 0.1*want {
		t.Errorf("%s: the interval ± %.2g is too wide to mean anything", what, half)
	}
}

// erlangC returns the mean wait of M/M/c with arrival rate lambda and service
// rate mu.
func erlangC(c int, lambda, mu float64) float64 {
	a := lambda / mu
	sum, term := 0.0, 1.0
	for k := range c {
		sum += term
		term *= a / float64(k+1)
	}
	queued := term / (1 - a/float64(c))
	return queued / (sum + queued) / (float64(c)*mu - lambda)
}

func TestWaitsInMMcFollowErlangC(t *testing.T) {
	for _, test := range []struct {
		servers int
		load    float64
	}{{1, 0.5}, {3, 0.7}, {8, 0.8}} {
		const service = 60.0
		lambda := test.load * float64(test.servers) / service
		expect(t, "mean wait", erlangC(test.servers, lambda, 1/service), func(seed uint64) float64 {
			return meanWait(t, seed, test.servers,
				kernel.Parameters{Type: "exponential", Mean: number(1 / lambda)},
				kernel.Parameters{Type: "exponential", Mean: number(service)}, 20_000)
		})
	}
}

func TestWaitsInMG1FollowPollaczekKhinchine(t *testing.T) {
	const lambda, service = 0.6 / 60, 60.0
	for _, test := range []struct {
		law kernel.Parameters
		cv2 float64 // squared coefficient of variation
	}{
		{kernel.Parameters{Type: "constant", Value: number(service)}, 0},
		{kernel.Parameters{Type: "gamma", Mean: number(service), CV: number(0.5)}, 0.25},
		{kernel.Parameters{Type: "lognormal", Mean: number(service), CV: number(1.5)}, 2.25},
	} {
		rho := lambda * service
		want := rho / (1 - rho) * (1 + test.cv2) / 2 * service
		expect(t, test.law.Type, want, func(seed uint64) float64 {
			return meanWait(t, seed, 1, kernel.Parameters{Type: "exponential", Mean: number(1 / lambda)}, test.law, 25_000)
		})
	}
}

func TestNodesAreUpMTTFOutOfMTTFPlusMTTR(t *testing.T) {
	const mttf, mttr, horizon = 50 * 3600.0, 2 * 3600.0, 200 * 24 * 3600
	for _, law := range []kernel.Parameters{
		{Type: "exponential", Mean: number(mttf)},
		{Type: "weibull", Mean: number(mttf), Shape: number(0.8)},
	} {
		expect(t, "unavailability with "+law.Type, mttr/(mttf+mttr), func(seed uint64) float64 {
			w := newWorld(t)
			w.config.Seed, w.config.Horizon = seed, models.Time(horizon)*second
			for i := range 40 {
				w.node("n"+string(rune('A'+i)), "z", models.Resources{models.CPU: 1000})
			}
			w.config.Faults = []fault.Fault{{
				Name: w.d.Sym("churn"), Scope: fault.PerNode, Until: models.Never, Between: distribution(t, law),
				Duration: distribution(t, kernel.Parameters{Type: "lognormal", Mean: number(mttr), CV: number(1)}),
			}}
			s := w.run()
			var down time.Duration
			for id := range s.view.Nodes() {
				down += time.Duration(s.view.Node(models.NodeID(id)).DownTime(w.config.Horizon))
			}
			return down.Seconds() / horizon / 40
		})
	}
}
