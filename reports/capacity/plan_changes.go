package capacity

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/reports/document"
)

// changes tells what would change the answer: fewer and more nodes, other demand,
// other prices.
func (p *Plan) changes(d *document.Document) {
	prices := p.prices()
	if len(p.Sensitivity) == 0 && len(prices) == 0 {
		return
	}
	d.Heading(2, document.Prose("What would change it"))
	if len(p.Sensitivity) > 0 {
		money := p.Money()
		t := &document.Table{Header: []string{"change", "recommended", "more", "what then"}, Left: []bool{true, true, false}, Wrap: true}
		var rows [][]document.Piece
		for i := range p.Sensitivity {
			rows = append(rows, p.change(&p.Sensitivity[i], money))
		}
		t.Groups = []document.Group{{Rows: rows}}
		if !p.Priced() {
			t = t.Without("more")
		}
		explained(d, t, "recommended", "whether the recommended nodes, so changed, still do", "more",
			"what the "+p.least()+" mix that was found to do then costs beyond the recommendation, "+money.Hourly(), "what then", "that mix, or what is missed")
	}
	if len(prices) > 0 {
		if len(p.Sensitivity) > 0 {
			d.Gap()
		}
		d.Paragraph(document.Prose("Prices beyond which another mix would be cheaper, of those that were run and meet the plan, all else equal:"))
		d.List(prices)
	}
}

// change is a row of the sensitivity.
func (p *Plan) change(c *Change, money Money) []document.Piece {
	does, more, then := document.Prose(""), document.Prose(""), document.Prose("")
	if c.Meets != nil {
		does = document.Toned("still does", document.Good)
		if !*c.Meets {
			does = document.Toned("does not", document.Bad)
			then = document.Prose("misses " + miss(c.Miss))
		}
	}
	if c.Cost != nil {
		more = document.Prose(money.Signed(*c.Cost))
	}
	switch {
	case c.Mix != nil && c.Demand > 0 && !c.Proven:
		then = document.Prose(p.mix(c.Mix).Text + p.furtherOn(c))
		if p.Recommendation != nil && slices.Equal(c.Mix.Counts, p.Recommendation.Counts) {
			more, then = document.Prose(""), document.Prose("nothing "+p.less()+" was confirmed"+p.furtherOn(c))
		} else if c.Cost != nil {
			more = document.Prose("at most " + more.Text)
		}
	case c.Mix != nil:
		then = p.mix(c.Mix)
	case c.Meets == nil:
		then = document.Toned("no mix that was tried does", document.Bad)
	}
	if c.Mix == nil && c.Demand > 0 {
		then = document.Prose("nothing that is allowed does")
		if !c.Proven {
			then.Text = "no mix that was tried does" + p.furtherOn(c)
		}
	}
	return []document.Piece{document.Prose(c.What), does, more, then}
}

// furtherOn says that the search at another demand was cut short, and how it is not.
func (p *Plan) furtherOn(c *Change) string {
	return fmt.Sprintf(" (not searched to the end: see --demand %g)", math.Round(float64(c.Demand*1e6))/1e6)
}

// prices tells for each candidate beyond which price another mix that was run and
// meets the plan would be cheaper than the recommendation.
func (p *Plan) prices() [][]document.Piece {
	if p.Recommendation == nil || p.MinimisesNodes() {
		return nil
	}
	var items [][]document.Piece
	for i := range p.Candidates {
		for _, up := range []bool{true, false} {
			if price, other := p.tippingPrice(i, up); other != nil {
				items = append(items, p.tells(i, price, other))
			}
		}
	}
	return items
}

// nearlyFree is the share of a price below which nobody asks what would be bought.
const nearlyFree = 0.01

// tippingPrice returns the nearest price of a candidate, above its price or below,
// beyond which another mix is cheaper; nil if there is none.
func (p *Plan) tippingPrice(candidate int, up bool) (price float64, other *Mix) {
	r := p.Recommendation
	least := math.Inf(1)
	for i := range p.Mixes {
		m := &p.Mixes[i]
		fewer := r.Counts[candidate] - m.Counts[candidate]
		if !up {
			fewer = -fewer
		}
		if !m.Meets || fewer <= 0 || m.Cost < r.Cost {
			continue
		}
		if step := (m.Cost - r.Cost) / float64(fewer); step < least {
			least, other = step, m
		}
	}
	if up {
		return p.Candidates[candidate].Price + least, other
	}
	price = p.Candidates[candidate].Price - least
	if price < float64(p.Candidates[candidate].Price*nearlyFree) {
		return 0, nil
	}
	return price, other
}

// tells writes one line of prices.
func (p *Plan) tells(candidate int, price float64, other *Mix) []document.Piece {
	c := &p.Candidates[candidate]
	word := "above"
	if price < c.Price {
		word = "below"
	}
	money := NewMoney(p.Currency, c.Price)
	money.decimals = max(money.decimals, 3)
	text := fmt.Sprintf(" %s %s an hour (now %s): ", word, money.Text(price), money.Text(c.Price))
	return []document.Piece{document.Named(c.Name), document.Prose(text), p.mix(other)}
}
