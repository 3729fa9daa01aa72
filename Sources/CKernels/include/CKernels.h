#pragma once

#include "row_products.h"
