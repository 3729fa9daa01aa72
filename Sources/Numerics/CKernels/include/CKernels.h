#pragma once

#include "biased_rows.h"
#include "cholesky.h"
#include "common_bits.h"
#include "gramian.h"
#include "mark_sums.h"
#include "moments.h"
#include "processor_level.h"
#include "quadratic_forms.h"
#include "row_products.h"
#include "spread_products.h"
#include "symbol_file.h"
