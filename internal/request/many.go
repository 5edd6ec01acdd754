package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// MaxMany is how many requests one act of Many is done to.
const MaxMany = 48

// Done is what became of one of many: Err is nil, or the refusal.
type Done struct {
	ID  id.Request
	Err *fault.Error
}

// Many does one thing to many requests, one after the other, as the verb alone would: what is refused for one leaves the
// others done. More than MaxMany are a fault.Invalid. Permission: HandleRequests.
func Many(ctx context.Context, tx *sqldb.Tx, by actor.Actor, requests []id.Request, do func(id.Request) error) ([]Done, error) {
	if err := by.Need(actor.HandleRequests); err != nil {
		return nil, err
	}
	if len(requests) > MaxMany {
		return nil, fault.New(fault.Invalid, "request.too_many", "Max", MaxMany)
	}
	list := make([]Done, 0, len(requests))
	for _, request := range requests {
		err := do(request)
		refusal := fault.As(err)
		if err != nil && refusal == nil {
			return nil, err
		}
		list = append(list, Done{request, refusal})
	}
	return list, nil
}
