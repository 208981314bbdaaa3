package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// policies are the ResourceQuotas and LimitRanges of a cluster.
type policies struct {
	specs []*models.PolicySpec
	rows  []policyRow
	// live are those of a namespace that are not deleted, by kind and name.
	live map[models.Sym][]models.PolicyID
}

// policyRow is the state of one of them.
type policyRow struct {
	created models.Time
	spec    models.PolicySpecID
	// hard is the specification that status.hard of a quota is from; None before the
	// quota controller has looked at it.
	hard    models.PolicySpecID
	used    models.Amounts // status.used, sorted by name
	deleted bool
}

// DefinePolicy makes the specification of a ResourceQuota or LimitRange known and
// returns its id.
func (c *Cluster) DefinePolicy(spec *models.PolicySpec) models.PolicySpecID {
	c.policies.specs = append(c.policies.specs, spec)
	c.log.Define(oplog.PolicySpec, encodeSpec(spec))
	return models.PolicySpecID(len(c.policies.specs) - 1)
}

func (c *Cluster) changePolicy(now models.Time, op *models.Op) error {
	if op.Kind == models.OpPutPolicy {
		return c.putPolicy(now, op)
	}
	id := op.Arg
	if op.Kind == models.OpUseQuota {
		id = int64(op.Def)
	}
	if id < 0 || id >= int64(len(c.policies.rows)) {
		return fmt.Errorf("no policy has id %d", id)
	}
	row := &c.policies.rows[id]
	switch {
	case row.deleted:
		return fmt.Errorf("policy %d is deleted", id)
	case op.Kind == models.OpRemovePolicy:
		row.deleted = true
		c.policies.index(c.dictionary, c.policies.specs[row.spec].Namespace)
	case c.policies.specs[row.spec].Kind != models.ResourceQuota:
		return fmt.Errorf("policy %d is no ResourceQuota", id)
	case op.Kind == models.OpSyncQuota:
		row.hard = row.spec
		row.used = slices.DeleteFunc(slices.Clone(row.used), func(a models.Amount) bool {
			_, limited := c.policies.specs[row.hard].Hard.Of(a.Name)
			return !limited
		})
	default:
		return c.useQuota(op, row)
	}
	return nil
}

// putPolicy makes a policy or changes the one of the same id.
func (c *Cluster) putPolicy(now models.Time, op *models.Op) error {
	p := &c.policies
	if op.Def < 0 || int(op.Def) >= len(p.specs) {
		return fmt.Errorf("no policy specification has id %d", op.Def)
	}
	spec := p.specs[op.Def]
	switch {
	case op.Arg < 0 || op.Arg > int64(len(p.rows)):
		return fmt.Errorf("policy id %d is not the next one, %d", op.Arg, len(p.rows))
	case op.Arg == int64(len(p.rows)):
		if _, taken := p.named(spec); taken {
			return fmt.Errorf("%s %s is there already", spec.Kind, c.dictionary.String(spec.Name))
		}
		p.rows = append(p.rows, policyRow{created: now, spec: models.PolicySpecID(op.Def), hard: models.None})
	default:
		row := &p.rows[op.Arg]
		was := p.specs[row.spec]
		if row.deleted || was.Kind != spec.Kind || was.Namespace != spec.Namespace || was.Name != spec.Name {
			return fmt.Errorf("policy %d is another one, or deleted", op.Arg)
		}
		row.spec = models.PolicySpecID(op.Def)
	}
	p.index(c.dictionary, spec.Namespace)
	return nil
}

func (c *Cluster) useQuota(op *models.Op, row *policyRow) error {
	if row.hard == models.None {
		return fmt.Errorf("quota %d has no status yet", op.Def)
	}
	name := c.dictionary.String(op.Name)
	limit, limited := c.policies.specs[row.hard].Hard.Of(name)
	switch {
	case !limited:
		return fmt.Errorf("quota %d does not limit %s", op.Def, name)
	case op.Arg < 0:
		return fmt.Errorf("use %d of quota %d is below 0", op.Arg, op.Def)
	case op.Ordinal < 0 || op.Ordinal > int32(models.DecimalExponent):
		return fmt.Errorf("quantity format %d does not exist", op.Ordinal)
	}
	is := models.Amount{Name: name, Value: op.Arg, Milli: limit.Milli, Format: models.QuantityFormat(op.Ordinal)}
	row.used = row.used.With(is)
	return nil
}

// index lists the live policies of a namespace anew.
func (p *policies) index(d *models.Dictionary, namespace models.Sym) {
	if p.live == nil {
		p.live = make(map[models.Sym][]models.PolicyID)
	}
	var list []models.PolicyID
	for id := range p.rows {
		if row := &p.rows[id]; !row.deleted && p.specs[row.spec].Namespace == namespace {
			list = append(list, models.PolicyID(id))
		}
	}
	slices.SortFunc(list, func(a, b models.PolicyID) int {
		x, y := p.specs[p.rows[a].spec], p.specs[p.rows[b].spec]
		if x.Kind != y.Kind {
			return int(x.Kind) - int(y.Kind)
		}
		return compareTexts(d, x.Name, y.Name)
	})
	p.live[namespace] = list
	if len(list) == 0 {
		delete(p.live, namespace)
	}
}

func compareTexts(d *models.Dictionary, a, b models.Sym) int {
	switch x, y := d.String(a), d.String(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// named returns the live policy of the kind and name of a specification.
func (p *policies) named(spec *models.PolicySpec) (models.PolicyID, bool) {
	for _, id := range p.live[spec.Namespace] {
		if is := p.specs[p.rows[id].spec]; is.Kind == spec.Kind && is.Name == spec.Name {
			return id, true
		}
	}
	return models.None, false
}

// HasPolicies reports whether there is any ResourceQuota or LimitRange.
func (v View) HasPolicies() bool { return len(v.c.policies.live) > 0 }

// Policies returns the number of ResourceQuotas and LimitRanges ever made; ids run
// from 0.
func (v View) Policies() int { return len(v.c.policies.rows) }

// PoliciesIn returns the ResourceQuotas of a namespace by name, then its LimitRanges.
func (v View) PoliciesIn(namespace models.Sym) []models.PolicyID { return v.c.policies.live[namespace] }

// PolicyNamed returns the policy of a kind and name, if there is one.
func (v View) PolicyNamed(kind models.PolicyKind, namespace, name models.Sym) (Policy, bool) {
	id, ok := v.c.policies.named(&models.PolicySpec{Kind: kind, Namespace: namespace, Name: name})
	return Policy{v.c, id}, ok
}

// Policy returns the handle of a ResourceQuota or LimitRange.
func (v View) Policy(id models.PolicyID) Policy { return Policy{v.c, id} }

// Policy reads one ResourceQuota or LimitRange.
type Policy struct {
	c  *Cluster
	id models.PolicyID
}

func (p Policy) row() *policyRow { return &p.c.policies.rows[p.id] }

// ID returns its id.
func (p Policy) ID() models.PolicyID { return p.id }

// Spec returns its specification.
func (p Policy) Spec() *models.PolicySpec { return p.c.policies.specs[p.row().spec] }

// Created returns when it was made.
func (p Policy) Created() models.Time { return p.row().created }

// Deleted reports whether it is gone.
func (p Policy) Deleted() bool { return p.row().deleted }

// Hard returns status.hard of a quota, and whether it has a status.
func (p Policy) Hard() (models.Amounts, bool) {
	if p.row().hard == models.None {
		return nil, false
	}
	return p.c.policies.specs[p.row().hard].Hard, true
}

// Used returns status.used of a quota.
func (p Policy) Used() models.Amounts { return p.row().used }

// Synced reports whether status.hard is from the current specification.
func (p Policy) Synced() bool { return p.row().hard == p.row().spec }
