package office

import (
	"net/url"

	"github.com/entregent/entregent/internal/web"
)

// carry takes some values of this page's query along to another address; more alternates name and value. It
// begins with "?" unless there is nothing.
func carry(r *web.Request, names []string, more ...string) string {
	now, next := r.URL.Query(), url.Values{}
	for _, name := range names {
		if value := now.Get(name); value != "" {
			next.Set(name, value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		next.Set(more[i], more[i+1])
	}
	if len(next) == 0 {
		return ""
	}
	return "?" + next.Encode()
}
