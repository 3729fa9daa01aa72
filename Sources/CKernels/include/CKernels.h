#pragma once

#include "cholesky.h"
#include "gramian.h"
#include "row_products.h"
