package statistics

// batch is how many values MSER-5 averages before it looks.
const batch = 5

// WarmUp suggests how many values at the beginning of a series to leave out
// because the system was still filling up: the cut after which the mean of the
// rest has the smallest standard error, over batches of five (MSER-5: White,
// Cobb and Spratt, A Comparison of Five Steady-State Truncation Heuristics for
// Simulation, WSC 2000). ok is false if there is none in the first half, or the
// series is shorter than ten batches: then it never settled, or nobody can tell.
func WarmUp(series []float64) (drop int, ok bool) {
	n := len(series) / batch
	if n < 10 {
		return 0, false
	}
	means := make([]float64, n)
	for i := range means {
		means[i] = Mean(series[i*batch : (i+1)*batch])
	}
	// From the end, each batch joins the mean and sum of squares of those after it.
	mean, squares := 0.0, 0.0
	best, bestError := 0, 0.0
	for at := n - 1; at >= 0; at-- {
		kept := float64(n - at)
		step := means[at] - mean
		mean += step / kept
		squares += float64(step * (means[at] - mean))
		// The last five batches are too few to judge by.
		if mser := squares / float64(kept*kept); n-at >= 5 && (n-at == 5 || mser <= bestError) {
			best, bestError = at, mser
		}
	}
	return best * batch, best <= n/2
}
