package intellivue

import (
	"testing"

	"ward/internal/prototest"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }
