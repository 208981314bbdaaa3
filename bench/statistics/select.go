package statistics

// selectRank puts the value that sorting would put at index rank there, smaller
// ones before it and larger ones behind it (Hoare's Find, Algorithm 65, 1961),
// and returns it.
func selectRank(x []float64, rank int) float64 {
	low, high := 0, len(x)-1
	for low < high {
		pivot := x[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for pivot < x[j] {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case rank <= j:
			high = j
		case rank >= i:
			low = i
		default:
			return x[rank]
		}
	}
	return x[rank]
}
