package deposits

import (
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// civilities are those of the workspace's kind.
func (v form) civilities() []ui.Option {
	list := []name.Civility{name.Ms, name.Mr}
	if v.r.Workspace.Kind == workspace.Vendor {
		list = append(list, name.Dr)
	}
	options := make([]ui.Option, len(list))
	for i, c := range list {
		options[i] = ui.Option{Value: string(c), Text: v.r.P.Text(c.Label())}
	}
	return options
}

func (v form) contracts() []ui.Option {
	var options []ui.Option
	for _, c := range offer.Contracts() {
		options = append(options, ui.Option{Value: string(c), Text: v.r.P.Text("told.value.contract." + string(c))})
	}
	return options
}

// emailHint says how an address is written, and that a letter goes there.
func (v form) emailHint() string {
	if v.kept.Confirmed {
		return v.r.P.Text("public.deposit.email.hint.confirm")
	}
	return v.r.P.Text("public.deposit.email.hint")
}
