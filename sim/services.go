package sim

import (
	"reflect"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// servicesChange changes the Services of steps. What they select follows at once.
type servicesChange struct {
	*Simulation
	service cluster.Service
}

func (c *servicesChange) find(step *Step) (found bool) {
	c.service, found = c.view.FindService(step.Object.Namespace, step.Object.Name)
	return found
}

func (c *servicesChange) differs(step *Step) bool {
	is := *c.service.Spec()
	is.Later = step.Service.Later
	return !reflect.DeepEqual(&is, step.Service)
}

func (c *servicesChange) admit(step *Step, found bool) ([]models.Op, models.Refusal) {
	if found {
		return c.admission.ServiceChange(step.Service, c.service.Spec(), c.ops[:0])
	}
	return c.admission.Service(step.Service, c.ops[:0])
}

func (c *servicesChange) put(step *Step, found bool) {
	op := models.Op{Kind: models.OpAddService, Def: c.cluster.DefineService(step.Service)}
	if found {
		op = models.Op{Kind: models.OpUpdateService, Def: c.service.ID(), Arg: int64(op.Def)}
	}
	c.do(op)
}

func (c *servicesChange) remove(*Step) {
	c.do(models.Op{Kind: models.OpRemoveService, Def: c.service.ID()})
}
