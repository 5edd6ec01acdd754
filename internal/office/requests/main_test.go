package requests_test

import (
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
)

func TestMain(m *testing.M) { officetest.Main(m) }
