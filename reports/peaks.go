package reports

import "github.com/podsim/podsim/models"

// Peak is the moment at which the largest share of a resource was requested.
type Peak struct {
	Resource string  `json:"resource"`
	At       Seconds `json:"atSeconds"`
	// Requested by the pods on Ready nodes and Allocatable of those nodes, in cores,
	// bytes or units.
	Requested   float64 `json:"requested"`
	Allocatable float64 `json:"allocatable"`
	Share       float64 `json:"share"`
}

// Peaks returns the peak of every resource that Ready nodes had after the warm-up.
// They are known when the recorder is finished.
func (r *Recorder) Peaks() []Peak {
	out := []Peak{}
	for i, name := range r.view.Dictionary().ResourceNames() {
		resource := models.Resource(i)
		if _, share, ok := r.capacity.use(resource); ok {
			p := &r.capacity.peaks[i]
			out = append(out, Peak{name, secondsOf(p.at), amountOf(resource, p.requested), amountOf(resource, p.allocatable), round6(share)})
		}
	}
	return out
}

// amountOf writes thousandths of a core as cores.
func amountOf(r models.Resource, amount int64) float64 {
	if r == models.CPU {
		return float64(amount) / 1000
	}
	return float64(amount)
}
