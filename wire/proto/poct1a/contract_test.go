package poct1a

import (
	"testing"

	"ward/wire/proto/prototest"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }
