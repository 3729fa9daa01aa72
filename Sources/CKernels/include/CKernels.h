#pragma once

#include "cholesky.h"
#include "common_bits.h"
#include "gramian.h"
#include "row_products.h"
