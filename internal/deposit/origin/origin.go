// Package origin reads the addresses of sites whose pages may hold a public form in a frame. What it gives out stands in a header as it
// is; it asks nobody whether there is such a site.
package origin

import (
	"net/url"
	"strconv"
	"strings"
)

// Parse reads the address of a site whose pages may hold the form: a scheme, a name, a port where it is another than the
// scheme's own, and nothing else that a browser would read in it.
func Parse(typed string) (string, bool) {
	u, err := url.Parse(strings.TrimSuffix(typed, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return "", false
	}
	host := strings.ToLower(u.Hostname())
	if host == "" || len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") {
		return "", false
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return "", false
		}
		host += ":" + strconv.Itoa(n)
	} else if strings.HasSuffix(u.Host, ":") {
		return "", false
	}
	return u.Scheme + "://" + host, true
}
