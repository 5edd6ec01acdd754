package locale

import (
	"fmt"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// form is a plural form as CLDR names it.
type form uint8

const (
	zero form = iota
	one
	two
	few
	many
	other
	formCount
)

var formNames = [formCount]string{"zero", "one", "two", "few", "many", "other"}

// forms chooses plural forms for one language by go-i18n's rules. Asking go-i18n costs a microsecond, so the
// small numbers, which nearly all counts are, are asked once.
type forms struct {
	small     [256]form
	localizer *i18n.Localizer
}

// probe is a message whose every form is its own name: to print it is to ask for the rule.
const probe = "form"

func newForms(l Language) (*forms, error) {
	tag := language.Make(string(l))
	bundle := i18n.NewBundle(tag)
	err := bundle.AddMessages(tag, &i18n.Message{
		ID: probe, Zero: formNames[zero], One: formNames[one], Two: formNames[two],
		Few: formNames[few], Many: formNames[many], Other: formNames[other],
	})
	if err != nil {
		return nil, fmt.Errorf("locale: %w", err)
	}
	f := &forms{localizer: i18n.NewLocalizer(bundle, string(l))}
	for n := range f.small {
		f.small[n] = f.ask(n)
	}
	return f, nil
}

func (f *forms) of(n int) form {
	if n >= 0 && n < len(f.small) {
		return f.small[n]
	}
	return f.ask(n)
}

func (f *forms) ask(n int) form {
	name, err := f.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: probe, PluralCount: n, TemplateParser: template.IdentityParser{},
	})
	if err != nil {
		return other
	}
	for i, known := range formNames {
		if name == known {
			return form(i)
		}
	}
	return other
}
