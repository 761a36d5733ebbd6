#include "program.h"

int main(int argc, char** argv) { return fanout_vendor::run({argv + 1, argv + argc}); }
