package reports

import (
	"fmt"
	"strings"
)

// UserSteps are what users did during the run. Steps that a cluster refuses do not
// end it: they are told.
type UserSteps struct {
	Done   int        `json:"done"`
	Failed int        `json:"failed"`
	Steps  []UserStep `json:"steps"` // in the order in which they were done
}

// UserStep is one step and what became of it.
type UserStep struct {
	At      Seconds `json:"atSeconds"`
	Text    string  `json:"step"`    // what kubectl is told
	Message string  `json:"message"` // what it answers
	Failed  bool    `json:"failed"`
}

// SetUserSteps takes in what users did. Without a step nothing is told of them.
func (s *Summary) SetUserSteps(steps []UserStep) {
	s.UserSteps = nil
	if len(steps) == 0 {
		return
	}
	s.UserSteps = &UserSteps{Steps: steps}
	for i := range steps {
		if steps[i].Failed {
			s.UserSteps.Failed++
		} else {
			s.UserSteps.Done++
		}
	}
}

// stepsMost is how many steps are shown one by one, those that failed first.
const stepsMost = 20

func (p *page) userSteps() {
	u := p.summary.UserSteps
	if u == nil {
		return
	}
	title := fmt.Sprintf("Steps of users  %s done", count(int64(u.Done)))
	if u.Failed > 0 {
		title += ", " + count(int64(u.Failed)) + " failed"
	}
	p.section(title)
	shown, width := 0, 0
	show := u.chosen()
	for i := range u.Steps {
		if show[i] {
			width = max(width, columnsOf(Clock(u.Steps[i].At)))
			shown++
		}
	}
	for i := range u.Steps {
		if show[i] {
			p.userStep(&u.Steps[i], width)
		}
	}
	p.more(len(u.Steps)-shown, "step", "summary.json")
}

// userStep writes a step and what kubectl answers, on one line if both fit.
func (p *page) userStep(s *UserStep, width int) {
	at := fmt.Sprintf("  %-*s  ", width, Clock(s.At))
	sign, colour := p.sign("→ ", "-> "), dim
	if s.Failed {
		colour = red
	}
	lines := strings.Split(s.Message, "\n") // a drain writes several
	text, answer := Visible(s.Text), Visible(lines[0])
	if len(lines) == 1 && columnsOf(at)+columnsOf(text)+1+columnsOf(sign)+columnsOf(answer) <= p.width {
		p.line("%s%s %s", at, text, p.paint(colour, sign+answer))
		return
	}
	p.line("%s%s", at, p.clip(text, p.width-columnsOf(at)))
	indent := columnsOf(at) + columnsOf(sign)
	first := strings.Repeat(" ", columnsOf(at)) + sign
	for _, line := range lines {
		p.flowIn(colour, first, " ", strings.Fields(Visible(line)), indent)
		first = strings.Repeat(" ", indent)
	}
}

// chosen returns which steps are shown: all if there are few, else those that failed,
// then the first.
func (u *UserSteps) chosen() []bool {
	show, left := make([]bool, len(u.Steps)), stepsMost
	for _, failed := range []bool{true, false} {
		for i := range u.Steps {
			if u.Steps[i].Failed == failed && left > 0 {
				show[i] = true
				left--
			}
		}
	}
	return show
}
