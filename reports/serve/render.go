package serve

import (
	"bytes"
	"fmt"
	"sync"
	"time"
)

// renderer makes the pages of reports and keeps them.
type renderer struct {
	folders []Folder
	most    int        // bytes of pages that are kept
	one     sync.Mutex // pages are made one at a time

	mu    sync.Mutex
	pages map[string]*rendering // by key of the report
	bytes int
	turn  int // counts requests
}

// rendering is the page of a report, made or being made.
type rendering struct {
	stamp string
	html  []byte
	err   error
	ended time.Time
	cost  time.Duration
	used  int // turn of the last request
	// making is closed when a newer page is there; nil while none is being made.
	making chan struct{}
}

// A page of what changes is made anew after renderEvery at the earliest, and so that it
// takes one part in renderPart of the time at most.
const (
	renderEvery = time.Second
	renderPart  = 20
	keptMost    = 128 << 20 // bytes of pages
)

// due reports whether a page must be made for a report with this stamp.
func (p *rendering) due(stamp string, now time.Time) bool {
	return p.ended.IsZero() || p.stamp != stamp && now.Sub(p.ended) >= max(renderEvery, renderPart*p.cost)
}

// page returns the page of a report. It waits for one to be made if there is none that
// can be shown meanwhile, but not beyond patience: then ok is false.
func (r *renderer) page(of report, patience <-chan time.Time) (html []byte, cost time.Duration, ok bool, err error) {
	r.mu.Lock()
	if r.pages == nil {
		r.pages = make(map[string]*rendering)
	}
	p := r.pages[of.key()]
	if p == nil {
		p = new(rendering)
		r.pages[of.key()] = p
	}
	r.turn++
	p.used = r.turn
	if p.making == nil && p.due(of.stamp(), time.Now()) {
		p.making = make(chan struct{})
		go r.make(p, of)
	}
	// What changes all the time is shown as it was; anything else as it is.
	wait := p.making
	if of.stage == UnderWay && p.html != nil {
		wait = nil
	}
	r.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-patience:
			return nil, 0, false, nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return p.html, p.cost, true, p.err
}

// make makes a page and lets those know who wait for it.
func (r *renderer) make(p *rendering, of report) {
	r.one.Lock()
	began := time.Now()
	html, err := r.render(of)
	ended := time.Now()
	r.one.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += len(html) - len(p.html)
	p.stamp, p.html, p.err, p.ended, p.cost = of.stamp(), html, err, ended, ended.Sub(began)
	close(p.making)
	p.making = nil
	r.forget(p)
}

// render makes the page of a report. What goes wrong in that is no reason to serve no
// others.
func (r *renderer) render(of report) (html []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			html, err = nil, fmt.Errorf("podsim is at fault: %v", p)
		}
	}()
	root, err := r.folders[of.folder].Root.OpenRoot(of.path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	write, err := of.kind.Page(root, of.stage)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// forget drops the pages that were asked for least lately, as far as there are too many
// bytes of them.
func (r *renderer) forget(kept *rendering) {
	for r.bytes > r.most {
		oldest := ""
		for key, p := range r.pages {
			if p != kept && p.making == nil && (oldest == "" || p.used < r.pages[oldest].used) {
				oldest = key
			}
		}
		if oldest == "" {
			return
		}
		r.bytes -= len(r.pages[oldest].html)
		delete(r.pages, oldest)
	}
}
