package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	moment  = "Number(document.querySelector('.transport input').value)"
	tipText = "(() => { const tip = document.querySelector('.tip'); return tip && !tip.hidden ? tip.innerText : ''; })()"
	ending  = "Number(document.querySelector('.transport input').max)"
)

// focus focuses an element as a keyboard does.
func focus(selector string) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf("document.querySelector(%q).focus({ focusVisible: true })", selector), nil)
}

func press(keys ...string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for _, key := range keys {
			if err := chromedp.KeyEvent(key).Do(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestTheKeyboardReachesEverything(t *testing.T) {
	v := visit(t, "run", desk)
	reached := map[string]bool{}
	name := `(() => {
		const element = document.activeElement;
		return element.closest("section, .transport, header, nav")?.id + " " + element.className + " " + (element.getAttribute("aria-label") ?? element.type ?? "");
	})()`
	var last string
	for range 400 {
		do(t, v, press(kb.Tab))
		last = ask[string](t, v, name)
		reached[last] = true
		if strings.Contains(last, "BODY") || ask[bool](t, v, "document.activeElement === document.body") {
			break
		}
	}
	all := fmt.Sprint(reached)
	for _, want := range []string{"overtime plot", "playback plot", "heatmap plot", "lifelines rows", "Play", "Moment of virtual time", "Speed", "radio"} {
		if !strings.Contains(all, want) {
			t.Errorf("the keyboard does not reach %q, only %s", want, all)
		}
	}
}

func TestTimeRunsByKeyboard(t *testing.T) {
	for _, view := range []string{"#playback .plot", "#heatmap .plot", "#overtime .plot", "#lifelines .rows", ".transport input"} {
		t.Run(view, func(t *testing.T) {
			v := visit(t, "run", desk)
			do(t, v, focus(view), press(kb.End))
			wait(t, v, moment+" === "+ending)
			do(t, v, press(kb.Home))
			wait(t, v, moment+" === 0")
			do(t, v, press(kb.ArrowRight))
			wait(t, v, moment+" > 0")
			there := ask[float64](t, v, moment)
			do(t, v, press(" "))
			wait(t, v, fmt.Sprintf("%s > 2 * %v", moment, there))
			do(t, v, press(" "))
			wait(t, v, "document.querySelector('.transport .play').title === 'Play'")
			stopped := ask[float64](t, v, moment)
			do(t, v, chromedp.Sleep(200*time.Millisecond))
			if now := ask[float64](t, v, moment); now != stopped {
				t.Errorf("time runs on, from %v to %v", stopped, now)
			}
			do(t, v, press(kb.ArrowLeft))
			wait(t, v, fmt.Sprintf("%s < %v", moment, stopped))
		})
	}
}

func TestTipsByKeyboard(t *testing.T) {
	for _, view := range []string{"#playback .plot", "#heatmap .plot", "#lifelines .rows"} {
		t.Run(view, func(t *testing.T) {
			v := visit(t, "run", desk)
			do(t, v, focus(view), press(kb.ArrowDown))
			wait(t, v, tipText+" !== ''")
			first := ask[string](t, v, tipText)
			do(t, v, press(kb.ArrowDown))
			wait(t, v, fmt.Sprintf("![%q, ''].includes(%s)", first, tipText))
			wait(t, v, fmt.Sprintf("document.querySelector(%q).closest('.view').querySelector('[aria-live]').textContent !== ''", view))
			do(t, v, press(kb.Escape))
			wait(t, v, tipText+" === ''")
		})
	}
}

// middle returns the middle of an element that has been scrolled into sight, once
// nothing moves any more.
func middle(t *testing.T, v *Visit, selector string) (x, y float64) {
	t.Helper()
	var at []float64
	do(t, v, chromedp.Evaluate(fmt.Sprintf(`new Promise((still) => {
		const element = document.querySelector(%q);
		element.scrollIntoView({ block: "center", behavior: "instant" });
		let [last, frames] = [NaN, 0];
		const look = () => {
			const box = element.getBoundingClientRect();
			frames = box.top === last ? frames + 1 : 0;
			last = box.top;
			if (frames > 3) still([box.left + box.width / 2, box.top + box.height / 2]);
			else requestAnimationFrame(look);
		};
		look();
	})`, selector), &at, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return at[0], at[1]
}

func click(t *testing.T, v *Visit, selector string) {
	t.Helper()
	x, y := middle(t, v, selector)
	do(t, v, chromedp.MouseClickXY(x, y))
}

func TestTimeRunsByMouse(t *testing.T) {
	for _, pane := range []string{"#overtime .pane", "#heatmap .pane", "#lifelines .pane"} {
		t.Run(pane, func(t *testing.T) {
			v := visit(t, "run", desk)
			x, y := middle(t, v, pane)
			do(t, v, chromedp.MouseClickXY(x, y))
			wait(t, v, fmt.Sprintf("Math.abs(%s / %s - 0.5) < 0.01", moment, ending))
			do(t, v, chromedp.MouseEvent(input.MouseMoved, x+80, y))
			wait(t, v, "[...document.querySelectorAll('.pane .under')].every((line) => !line.hidden)")
			do(t, v, chromedp.MouseEvent(input.MouseMoved, 2, 2))
			wait(t, v, "[...document.querySelectorAll('.pane .under')].every((line) => line.hidden)")
		})
	}
	v := visit(t, "run", desk)
	began := ask[float64](t, v, moment)
	click(t, v, ".transport .play")
	wait(t, v, fmt.Sprintf("%s > %v", moment, began))
	click(t, v, ".transport .play")
	wait(t, v, "document.querySelector('.transport .play').title === 'Play'")
	click(t, v, "[aria-label='Shorter stretch of time']")
	wait(t, v, "!document.querySelector('[aria-label=\"Show the whole run\"]').disabled")
}

func TestTipsByFinger(t *testing.T) {
	for _, view := range []string{"#overtime .pane", "#playback canvas", "#heatmap .pane", "#lifelines .pane"} {
		t.Run(view, func(t *testing.T) {
			v := visit(t, "run", phone)
			x, y := middle(t, v, view)
			touch(t, v, [2]float64{x, y})
			wait(t, v, tipText+" !== ''")
			touch(t, v, [2]float64{180, 12})
			wait(t, v, tipText+" === ''")
		})
	}
}

func TestTipsByMouse(t *testing.T) {
	for _, view := range []string{"#overtime .pane", "#playback canvas", "#heatmap .pane", "#lifelines .pane"} {
		t.Run(view, func(t *testing.T) {
			v := visit(t, "run", desk)
			x, y := middle(t, v, view)
			// Squares have gaps between them.
			for i := 0.0; i < 8; i++ {
				do(t, v, chromedp.MouseEvent(input.MouseMoved, x-5*i, y-3*i))
			}
			wait(t, v, tipText+" !== ''")
			do(t, v, chromedp.MouseEvent(input.MouseMoved, 2, 2))
			wait(t, v, tipText+" === ''")
		})
	}
}

func TestTimeRunsByFinger(t *testing.T) {
	for _, pane := range []string{"#overtime .pane", "#heatmap .pane", "#lifelines .pane"} {
		t.Run(pane, func(t *testing.T) {
			v := visit(t, "run", phone)
			x, y := middle(t, v, pane)
			touch(t, v, [2]float64{x, y})
			wait(t, v, fmt.Sprintf("Math.abs(%s / %s - 0.5) < 0.02", moment, ending))
			touch(t, v, [2]float64{x, y}, [2]float64{x + 20, y}, [2]float64{x + 50, y})
			wait(t, v, fmt.Sprintf("%s / %s > 0.55", moment, ending))
		})
	}
}

// touch puts a finger down, moves it along and lifts it.
func touch(t *testing.T, v *Visit, way ...[2]float64) {
	t.Helper()
	for i, at := range way {
		kind := input.TouchMove
		if i == 0 {
			kind = input.TouchStart
		}
		do(t, v, input.DispatchTouchEvent(kind, []*input.TouchPoint{{X: at[0], Y: at[1]}}))
	}
	do(t, v, input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
}

func TestViewsShareWhatIsChosen(t *testing.T) {
	v := visit(t, "run", desk)
	before := ask[string](t, v, pixels("#playback canvas"))
	do(t, v, focus("#heatmap [value=owner]"), press(" "))
	wait(t, v, "document.querySelector('#playback [value=owner]').checked")
	wait(t, v, fmt.Sprintf("%s !== %q", pixels("#playback canvas"), before))
	do(t, v, focus("#playback .plot"), press(kb.ArrowDown))
	wait(t, v, "!document.querySelector('#heatmap .row-cursor').hidden")
	rows := "document.querySelector('#lifelines .inner').offsetHeight"
	all := ask[float64](t, v, rows)
	do(t, v, focus("#lifelines input"), press("x", "q", "x"))
	wait(t, v, fmt.Sprintf("%s < %v", rows, all))
}

// Pages of what goes on are loaded anew; their readers stay where they were.
func TestChoicesStayWhenAPageIsLoadedAnew(t *testing.T) {
	v := visit(t, "run", calm) // which scrolls at once
	do(t, v, focus("#heatmap .plot"), press(kb.End, kb.ArrowLeft, kb.ArrowDown), focus("#heatmap [value=memory]"), press(" "))
	do(t, v, focus("#lifelines input"), press("w", "e", "b"), focus("#heatmap .plot"))
	state := moment + ` + " " + document.querySelector('#playback [value=memory]').checked + " " + document.querySelector('#playback .selected').innerText +
		" " + document.querySelector('#lifelines .rows').scrollHeight + " " + document.activeElement.className + " " + Math.round(scrollY)`
	do(t, v, chromedp.Sleep(100*time.Millisecond))
	before := ask[string](t, v, state)
	do(t, v, chromedp.Reload())
	wait(t, v, "'drawn' in document.documentElement.dataset")
	wait(t, v, fmt.Sprintf("%s === %q", state, before))
}

// Whoever asked for less motion gets a picture at a time, not a flow.
func TestLessMotionIsGiven(t *testing.T) {
	v := visit(t, "run", calm)
	do(t, v, chromedp.Evaluate(`window.seen = new Set(); (function look() { seen.add(`+moment+`); requestAnimationFrame(look); })()`, nil))
	click(t, v, ".transport .play")
	do(t, v, chromedp.Sleep(1500*time.Millisecond))
	if n := ask[int](t, v, "seen.size"); n < 2 || n > 5 {
		t.Errorf("%d moments were shown in a second and a half; want two or three", n)
	}
}

// control is what assistive technology is told of a part of a page.
type control struct {
	Ignored bool  `json:"ignored"`
	Role    value `json:"role"`
	Name    value `json:"name"`
}

type value struct {
	Value any `json:"value"`
}

func TestControlsHaveNames(t *testing.T) {
	const roles = " button radio slider combobox searchbox link application radiogroup image "
	for kind := range pages {
		t.Run(kind, func(t *testing.T) {
			v := visit(t, kind, desk)
			var tree struct {
				Nodes []control `json:"nodes"`
			}
			do(t, v, chromedp.ActionFunc(func(ctx context.Context) error {
				return cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
			}))
			controls := 0
			for _, node := range tree.Nodes {
				if role := fmt.Sprint(node.Role.Value); !node.Ignored && strings.Contains(roles, " "+role+" ") {
					controls++
					if node.Name.Value == nil || node.Name.Value == "" {
						t.Errorf("a %s has no name", role)
					}
				}
			}
			if controls == 0 {
				t.Error("the page has no controls")
			}
		})
	}
}
