package cluster

import (
	"fmt"
	"iter"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// services are the Services, by number, with what they were defined as.
type services struct {
	defined []*models.ServiceSpec
	rows    []serviceRow
	left    int    // of them, not removed
	set     uint64 // changes whenever one comes, changes or goes
}

type serviceRow struct {
	spec    int32 // its definition
	created models.Time
	removed bool
}

// DefineService makes a Service known and returns the number of its definition. It is
// there at once, unless it is one that comes Later.
func (c *Cluster) DefineService(spec *models.ServiceSpec) int32 {
	s := &c.services
	s.defined = append(s.defined, spec)
	definition := int32(len(s.defined) - 1)
	if !spec.Later {
		s.rows = append(s.rows, serviceRow{spec: definition, created: c.now})
		s.left++
		s.set++
	}
	c.log.Define(oplog.ServiceSpec, encodeSpec(spec))
	return definition
}

// changeService adds, changes or removes a Service.
func (c *Cluster) changeService(now models.Time, op *models.Op) error {
	s := &c.services
	definition := int64(op.Def)
	if op.Kind == models.OpUpdateService {
		definition = op.Arg
	}
	if op.Kind != models.OpRemoveService && (definition < 0 || definition >= int64(len(s.defined))) {
		return fmt.Errorf("no service specification has id %d", definition)
	}
	if op.Kind == models.OpAddService {
		s.rows = append(s.rows, serviceRow{spec: int32(definition), created: now})
		s.left++
		s.set++
		return nil
	}
	if op.Def < 0 || int(op.Def) >= len(s.rows) {
		return fmt.Errorf("no service has id %d", op.Def)
	}
	row := &s.rows[op.Def]
	switch {
	case row.removed:
		return fmt.Errorf("service %d is deleted", op.Def)
	case op.Kind == models.OpRemoveService:
		row.removed = true
		s.left--
	case int64(row.spec) == definition:
		return fmt.Errorf("service %d has that specification already", op.Def)
	default:
		row.spec = int32(definition)
	}
	s.set++
	return nil
}

// services takes the Services that there are or were.
func (s *snapshot) services(c *Cluster) {
	list(s, &c.services.rows, func(r *serviceRow) {
		number(s, &r.spec)
		number(s, &r.created)
		s.flag(&r.removed)
	})
	if !s.reading {
		return
	}
	c.services.left = 0
	for i := range c.services.rows {
		r := &c.services.rows[i]
		if r.spec < 0 || int(r.spec) >= len(c.services.defined) {
			s.fail(fmt.Errorf("the snapshot names service specification %d of %d", r.spec, len(c.services.defined)))
			return
		}
		if !r.removed {
			c.services.left++
		}
	}
}

// AllServices returns how many Services there ever were; their numbers run from 0.
func (v View) AllServices() int { return len(v.c.services.rows) }

// Service returns the handle of a Service.
func (v View) Service(id int32) Service { return Service{v.c, id} }

// Services yields the Services that there are, with their numbers, in the order in
// which they came.
func (v View) Services() iter.Seq2[int32, *models.ServiceSpec] {
	return func(yield func(int32, *models.ServiceSpec) bool) {
		s := &v.c.services
		for i := range s.rows {
			if r := &s.rows[i]; !r.removed && !yield(int32(i), s.defined[r.spec]) {
				return
			}
		}
	}
}

// ServicesLeft returns how many Services there are.
func (v View) ServicesLeft() int { return v.c.services.left }

// ServiceSet changes whenever a Service comes, changes or goes.
func (v View) ServiceSet() uint64 { return v.c.services.set }

// FindService returns the Service of a name, if there is one.
func (v View) FindService(namespace, name models.Sym) (Service, bool) {
	for id, spec := range v.Services() {
		if spec.Namespace == namespace && spec.Name == name {
			return Service{v.c, id}, true
		}
	}
	return Service{}, false
}

// Service reads one Service.
type Service struct {
	c  *Cluster
	id int32
}

// ID returns its number.
func (s Service) ID() int32 { return s.id }

func (s Service) row() *serviceRow { return &s.c.services.rows[s.id] }

// Spec returns the compiled Service.
func (s Service) Spec() *models.ServiceSpec { return s.c.services.defined[s.row().spec] }

// Created returns when the object was created.
func (s Service) Created() models.Time { return s.row().created }

// Removed reports whether the object is gone.
func (s Service) Removed() bool { return s.row().removed }
