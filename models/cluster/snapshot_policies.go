package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// policies takes the state of ResourceQuotas, LimitRanges and namespaces.
func (s *snapshot) policies(c *Cluster) {
	list(s, &c.policies.rows, func(p *policyRow) {
		number(s, &p.created)
		number(s, &p.spec)
		number(s, &p.hard)
		s.flag(&p.deleted)
		list(s, &p.used, func(a *models.Amount) {
			name := c.dictionary.Sym(a.Name)
			number(s, &name)
			if s.reading && name >= 0 && int(name) < c.dictionary.Len() {
				a.Name = c.dictionary.String(name)
			}
			number(s, &a.Value)
			s.flag(&a.Milli)
			number(s, &a.Format)
		})
	})
	names := make([]models.Sym, 0, len(c.ended))
	for name := range c.ended {
		names = append(names, name)
	}
	slices.Sort(names)
	list(s, &names, func(name *models.Sym) {
		number(s, name)
		row := c.ended[*name]
		if row == nil {
			row = new(namespaceRow)
			c.ended[*name] = row
		}
		number(s, &row.created)
		number(s, &row.deleted)
		s.flag(&row.ending)
		s.flag(&row.gone)
		for i := range row.conditions {
			is := &row.conditions[i]
			number(s, &is.Type)
			number(s, &is.Status)
			number(s, &is.Reason)
			number(s, &is.Message)
			number(s, &is.Changed)
		}
	})
	if s.reading && s.err == nil {
		s.checkPolicies(c)
	}
}

// checkPolicies makes sure that what was read leads somewhere, and lists it.
func (s *snapshot) checkPolicies(c *Cluster) {
	specs, symbols := len(c.policies.specs), models.Sym(c.dictionary.Len())
	known := func(sym models.Sym) bool { return sym >= 0 && sym < symbols }
	for i := range c.policies.rows {
		p := &c.policies.rows[i]
		if p.spec < 0 || int(p.spec) >= specs || p.hard < models.None || int(p.hard) >= specs {
			s.fail(fmt.Errorf("the snapshot names policy specification %d or %d of %d", p.spec, p.hard, specs))
			return
		}
		for _, a := range p.used {
			if a.Name == "" || a.Value < 0 || a.Format > models.DecimalExponent {
				s.fail(fmt.Errorf("the snapshot holds a use of policy %d that cannot be", i))
				return
			}
		}
	}
	for name, row := range c.ended {
		if c.namespaces[name] == nil {
			s.fail(fmt.Errorf("the snapshot names namespace %d, which is not defined", name))
			return
		}
		for _, is := range row.conditions {
			if !known(is.Reason) || !known(is.Message) || is.Status > models.ConditionTrue {
				s.fail(fmt.Errorf("the snapshot holds a condition of a namespace that cannot be"))
				return
			}
		}
	}
	for i := range c.policies.rows {
		c.policies.index(c.dictionary, c.policies.specs[c.policies.rows[i].spec].Namespace)
	}
}
