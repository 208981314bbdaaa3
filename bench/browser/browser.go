package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Browser is a Chromium without a window and without a past.
type Browser struct {
	context context.Context
	close   func()
}

// Start starts Chromium with an empty profile. Without one installed the error
// wraps exec.ErrNotFound.
func Start(ctx context.Context) (*Browser, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(ctx, options...)
	browser, closeBrowser := chromedp.NewContext(allocator)
	b := &Browser{context: browser, close: func() { closeBrowser(); stop() }}
	if err := chromedp.Run(browser); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.close() }

// Screen is how a page is looked at.
type Screen struct {
	Name          string
	Width, Height int64
	Density       float64
	Touch         bool
	Dark          bool
	Calm          bool // less motion is asked for
	NoScript      bool
}

// Visit is a page that is open, with what it did that it should not have done.
type Visit struct {
	context context.Context
	Close   func()
	Opened  time.Duration // from asking for the page until all of it was drawn

	mutex    sync.Mutex
	troubles []string
}

// Visit opens a page, as one that was never seen before, and waits until its script
// has drawn.
func (b *Browser) Visit(url string, screen Screen) (*Visit, error) {
	tab, closeTab := chromedp.NewContext(b.context)
	timed, cancel := context.WithTimeout(tab, time.Minute)
	v := &Visit{context: timed, Close: func() { cancel(); closeTab() }}
	chromedp.ListenTarget(timed, func(event any) { v.watch(url, event) })
	scheme := "light"
	if screen.Dark {
		scheme = "dark"
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if screen.Calm {
		features = append(features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	err := chromedp.Run(timed, network.Enable(), cdplog.Enable(), runtime.Enable(), page.Enable(),
		emulation.SetDeviceMetricsOverride(screen.Width, screen.Height, max(screen.Density, 1), screen.Touch),
		emulation.SetTouchEmulationEnabled(screen.Touch),
		emulation.SetEmulatedMedia().WithFeatures(features),
		emulation.SetScriptExecutionDisabled(screen.NoScript),
		storage.ClearDataForOrigin("file://", "all"))
	if err == nil {
		began := time.Now()
		err = chromedp.Run(timed, chromedp.Navigate(url), drawn(screen.NoScript))
		v.Opened = time.Since(began)
	}
	if err != nil {
		v.Close()
		return nil, fmt.Errorf("%s: %w%s", url, err, strings.Join(v.Troubles(), "\n"))
	}
	return v, nil
}

func drawn(noScript bool) chromedp.Action {
	if noScript {
		return chromedp.ActionFunc(func(context.Context) error { return nil })
	}
	return chromedp.Poll(`!document.getElementById("podsim-data") || "drawn" in document.documentElement.dataset`, nil)
}

// watch notes what a page must not do: complain, fail, break its policy, or ask for
// anything but itself; one that is served, for anything of another server.
func (v *Visit) watch(url string, event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		asked := e.Request.URL
		served := strings.HasPrefix(url, "http") && strings.HasPrefix(asked, url)
		if asked != url && !served && !strings.HasPrefix(asked, "data:") {
			v.note("asks for " + asked)
		}
	case *runtime.EventExceptionThrown:
		v.note("fails: " + e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		v.note(fmt.Sprintf("writes to the console: %s", e.Type))
	case *cdplog.EventEntryAdded:
		v.note(fmt.Sprintf("%s: %s: %s", e.Entry.Level, e.Entry.Source, e.Entry.Text))
	}
}

func (v *Visit) note(trouble string) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.troubles = append(v.troubles, trouble)
}

// Troubles returns what the page did so far that it should not have done.
func (v *Visit) Troubles() []string {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return append([]string(nil), v.troubles...)
}

// Do does what a person would.
func (v *Visit) Do(actions ...chromedp.Action) error { return chromedp.Run(v.context, actions...) }

// Ask evaluates an expression in the page.
func Ask[T any](v *Visit, expression string) (T, error) {
	var answer T
	err := v.Do(chromedp.Evaluate(expression, &answer))
	return answer, err
}

// Wait waits until an expression holds in the page.
func (v *Visit) Wait(expression string) error {
	err := v.Do(chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(10*time.Second)))
	if errors.Is(err, chromedp.ErrPollingTimeout) {
		return fmt.Errorf("never came true: %s", expression)
	}
	return err
}

// Look returns a picture of the whole page, or of one element of it.
func (v *Visit) Look(selector string) ([]byte, error) {
	var picture []byte
	if selector == "" {
		return picture, v.Do(chromedp.FullScreenshot(&picture, 100))
	}
	err := v.Do(chromedp.Screenshot(selector, &picture, chromedp.ByQuery))
	return picture, err
}

// Print returns the page as PDF, on A4.
func (v *Visit) Print() ([]byte, error) {
	var paper []byte
	err := v.Do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		paper, _, err = page.PrintToPDF().WithPrintBackground(true).WithPaperWidth(8.27).WithPaperHeight(11.69).
			WithPreferCSSPageSize(false).Do(ctx)
		return err
	}))
	return paper, err
}
