// Written by Tools/fit_cost_tables.py. Where the measurements come from:
// docs/data-sources.md.

extension CostTables {
    /// Device, model, parts; seconds and seconds per token of the two lines.
    static let linear: [LinearRow] = [
        LinearRow(.a100, "Llama-2-70b-hf", 1, 0.00112959, 9.83412e-07, 0.00068587, 7.48396e-06),
        LinearRow(.a100, "Llama-2-70b-hf", 2, 0.000555152, 1.74646e-06, 0.000330085, 3.8464e-06),
        LinearRow(.a100, "Llama-2-70b-hf", 4, 0.000306525, 8.39589e-07, 0.000176606, 1.97701e-06),
        LinearRow(.a100, "Llama-2-70b-hf", 8, 0.000150625, 9.29023e-07, 3.55083e-05, 1.08374e-06),
        LinearRow(.a100, "Llama-2-7b-hf", 1, 0.000254831, 1.40709e-06, 4.94611e-05, 2.01523e-06),
        LinearRow(.a100, "Llama-2-7b-hf", 2, 0.000144596, 8.50854e-07, -7.86163e-05, 1.07696e-06),
        LinearRow(.a100, "Llama-2-7b-hf", 4, 8.82192e-05, 4.56767e-07, -4.80304e-05, 5.53333e-07),
        LinearRow(.a100, "Llama-2-7b-hf", 8, 6.56552e-05, 2.13366e-07, 5.4341e-05, 2.80212e-07),
        LinearRow(.a100, "Meta-Llama-3-70B", 1, 0.00113051, 9.44292e-07, 0.000676648, 7.69979e-06),
        LinearRow(.a100, "Meta-Llama-3-70B", 2, 0.000558053, 1.77632e-06, 0.000325771, 3.91505e-06),
        LinearRow(.a100, "Meta-Llama-3-70B", 4, 0.000307247, 8.70722e-07, 0.000182413, 1.98531e-06),
        LinearRow(.a100, "Meta-Llama-3-70B", 8, 0.000174327, 5.27661e-07, 0.000104692, 1.06283e-06),
        LinearRow(.a100, "Meta-Llama-3-8B", 1, 0.000302997, 9.21906e-07, 0.000163359, 2.08552e-06),
        LinearRow(.a100, "Meta-Llama-3-8B", 2, 0.000154712, 9.13575e-07, 8.33976e-06, 1.10822e-06),
        LinearRow(.a100, "Meta-Llama-3-8B", 4, 9.54154e-05, 4.97132e-07, -2.01498e-05, 5.83254e-07),
        LinearRow(.a100, "Meta-Llama-3-8B", 8, 6.56885e-05, 2.73771e-07, 6.50123e-06, 3.2026e-07),
        LinearRow(.a100, "Qwen-72B", 1, 0.00114712, 1.11557e-06, 0.000591903, 7.80733e-06),
        LinearRow(.a100, "Qwen-72B", 2, 0.000568614, 1.0019e-06, 0.000270978, 4.00978e-06),
        LinearRow(.a100, "Qwen-72B", 4, 0.000308966, 6.82631e-07, 0.000124505, 2.07546e-06),
        LinearRow(.a100, "Qwen-72B", 8, 0.000167085, 7.84038e-07, 5.11912e-05, 1.10597e-06),
        LinearRow(.h100, "Llama-2-70b-hf", 1, 0.000596048, 9.24368e-07, 0.000257455, 2.64314e-06),
        LinearRow(.h100, "Llama-2-70b-hf", 2, 0.000309894, 5.80155e-07, 0.000167624, 1.29265e-06),
        LinearRow(.h100, "Llama-2-70b-hf", 4, 0.000182458, 1.5489e-07, 0.000117752, 6.52584e-07),
        LinearRow(.h100, "Llama-2-70b-hf", 8, 0.000103658, 2.31256e-07, 9.00595e-05, 3.52674e-07),
        LinearRow(.h100, "Llama-2-7b-hf", 1, 0.000156975, 5.48096e-07, 2.51002e-05, 6.54244e-07),
        LinearRow(.h100, "Llama-2-7b-hf", 2, 9.84671e-05, 1.90688e-07, 8.41792e-05, 3.18258e-07),
        LinearRow(.h100, "Llama-2-7b-hf", 4, 6.33503e-05, 1.18658e-07, 5.56314e-05, 1.82982e-07),
        LinearRow(.h100, "Llama-2-7b-hf", 8, 4.67826e-05, 1.05867e-07, 2.34239e-05, 1.22649e-07),
        LinearRow(.h100, "Qwen-72B", 1, 0.000623669, 8.01892e-07, 0.000291216, 2.71746e-06),
        LinearRow(.h100, "Qwen-72B", 2, 0.000328562, 3.20209e-07, 0.000216928, 1.30527e-06),
        LinearRow(.h100, "Qwen-72B", 4, 0.000182951, 2.35173e-07, 0.000135397, 6.59764e-07),
        LinearRow(.h100, "Qwen-72B", 8, 0.0001066, 1.89445e-07, 9.12517e-05, 3.57174e-07),
        LinearRow(.a100, "Llama-2-7b", 1, 0.0002994, 6.117e-07, 0.000171958, 1.60734e-06),
        LinearRow(.a100, "Llama-2-7b", 2, 0.000166607, 3.22854e-07, 0.000105502, 8.79827e-07),
        LinearRow(.a100, "Llama-2-7b", 4, 0.000100424, 2.57731e-07, 5.49369e-05, 4.89917e-07),
        LinearRow(.a100, "Llama-2-7b", 8, 6.74736e-05, 1.39469e-07, 4.77163e-05, 2.77665e-07),
        LinearRow(.a100, "Llama-3-8B", 1, 0.000318846, 5.14773e-07, 0.000178981, 1.7148e-06),
        LinearRow(.a100, "Llama-3-8B", 2, 0.000178037, 4.13187e-07, 0.000112135, 9.28042e-07),
        LinearRow(.a100, "Llama-3-8B", 4, 0.000108203, 2.46448e-07, 5.4368e-05, 5.33543e-07),
        LinearRow(.a100, "Llama-3-8B", 8, 7.14464e-05, 1.44125e-07, 4.16274e-05, 3.11735e-07),
        LinearRow(.a100, "Llama-70B", 1, 0.00113057, 1.52228e-06, 0.000568521, 5.91326e-06),
        LinearRow(.a100, "Llama-70B", 2, 0.00059838, 9.16156e-07, 0.00032728, 3.08349e-06),
        LinearRow(.a100, "Llama-70B", 4, 0.000324725, 6.57887e-07, 0.000197777, 1.64967e-06),
        LinearRow(.a100, "Llama-70B", 8, 0.000189673, 5.43215e-07, 0.000102421, 9.47435e-07),
        LinearRow(.a100, "Qwen2.5-14B", 1, 0.000407311, 4.18742e-07, 0.000276272, 2.07869e-06),
        LinearRow(.a100, "Qwen2.5-14B", 2, 0.000228119, 7.21307e-08, 0.000155303, 1.13798e-06),
        LinearRow(.a100, "Qwen2.5-14B", 4, 0.000124821, 3.08079e-07, 7.83754e-05, 6.50056e-07),
        LinearRow(.a100, "Qwen2.5-14B", 8, 8.33663e-05, 1.25288e-07, 5.36837e-05, 3.84416e-07),
        LinearRow(.a100, "Qwen2.5-72B", 1, 0.00115623, 1.55602e-06, 0.000579685, 6.0603e-06),
        LinearRow(.a100, "Qwen2.5-72B", 2, 0.000611616, 9.54629e-07, 0.000331794, 3.15723e-06),
        LinearRow(.a100, "Qwen2.5-72B", 4, 0.000334047, 6.5539e-07, 0.000205271, 1.67876e-06),
        LinearRow(.a100, "Qwen2.5-72B", 8, 0.000192734, 5.36988e-07, 0.000101676, 9.60905e-07),
        LinearRow(.a100, "Qwen2.5-7B", 1, 0.000345973, 5.60431e-07, 0.0001902, 1.86263e-06),
        LinearRow(.a100, "Qwen2.5-7B", 2, 0.000197092, 3.80724e-07, 0.000133408, 9.85725e-07),
        LinearRow(.a100, "Qwen2.5-7B", 4, 0.000118984, 1.3284e-08, 7.82498e-05, 5.56749e-07),
        LinearRow(.h100, "Llama-2-7b", 1, 0.000171988, 1.71783e-07, -1.12818e-05, 6.09186e-07),
        LinearRow(.h100, "Llama-2-7b", 2, 9.70551e-05, 1.02987e-07, 3.57886e-06, 3.20097e-07),
        LinearRow(.h100, "Llama-2-7b", 4, 6.06968e-05, 5.91424e-08, 1.24058e-05, 1.77129e-07),
        LinearRow(.h100, "Llama-2-7b", 8, 4.43851e-05, 3.43436e-08, 1.38293e-05, 1.10282e-07),
        LinearRow(.h100, "Llama-3-8B", 1, 0.000187479, 1.57107e-07, -3.69178e-06, 6.56348e-07),
        LinearRow(.h100, "Llama-3-8B", 2, 0.000103388, 9.73251e-08, -1.88894e-06, 3.48753e-07),
        LinearRow(.h100, "Llama-3-8B", 4, 6.42225e-05, 5.18724e-08, 1.34487e-05, 1.90078e-07),
        LinearRow(.h100, "Llama-3-8B", 8, 4.39586e-05, 5.91364e-08, 6.13744e-06, 1.2196e-07),
        LinearRow(.h100, "Llama-70B", 1, 0.000644704, 2.08644e-07, -0.000119144, 2.44513e-06),
        LinearRow(.h100, "Llama-70B", 2, 0.000337039, 1.16183e-07, -8.27856e-05, 1.2766e-06),
        LinearRow(.h100, "Llama-70B", 4, 0.000176687, 1.20965e-07, -1.78635e-05, 6.39446e-07),
        LinearRow(.h100, "Llama-70B", 8, 0.000104877, 6.75871e-08, 1.13164e-05, 3.53195e-07),
        LinearRow(.h100, "Qwen2.5-14B", 1, 0.000227908, 1.94213e-07, -1.90398e-05, 8.34179e-07),
        LinearRow(.h100, "Qwen2.5-14B", 2, 0.000122308, 1.2372e-07, 5.9798e-07, 4.28998e-07),
        LinearRow(.h100, "Qwen2.5-14B", 4, 7.45736e-05, 8.36125e-08, 2.07362e-05, 2.31771e-07),
        LinearRow(.h100, "Qwen2.5-14B", 8, 5.15685e-05, 5.5122e-08, 1.77091e-05, 1.46533e-07),
        LinearRow(.h100, "Qwen2.5-72B", 1, 0.000658145, 2.21432e-07, -0.000108817, 2.48468e-06),
        LinearRow(.h100, "Qwen2.5-72B", 2, 0.000345296, 1.16916e-07, -8.54012e-05, 1.3103e-06),
        LinearRow(.h100, "Qwen2.5-72B", 4, 0.000181147, 1.15583e-07, -2.35225e-05, 6.60914e-07),
        LinearRow(.h100, "Qwen2.5-72B", 8, 0.000106056, 7.03205e-08, 8.65943e-06, 3.62666e-07),
        LinearRow(.h100, "Qwen2.5-7B", 1, 0.000197427, 1.74654e-07, -1.69073e-05, 7.37257e-07),
        LinearRow(.h100, "Qwen2.5-7B", 2, 0.000109306, 1.08834e-07, 5.10329e-06, 3.72892e-07),
        LinearRow(.h100, "Qwen2.5-7B", 4, 6.65408e-05, 7.30981e-08, 1.29212e-05, 2.00855e-07),
        LinearRow(.h200, "Llama-2-7b", 1, 0.000134372, 2.00154e-07, -2.22292e-05, 6.29929e-07),
        LinearRow(.h200, "Llama-2-7b", 2, 7.88202e-05, 1.02676e-07, 3.72346e-06, 3.1799e-07),
        LinearRow(.h200, "Llama-2-7b", 4, 5.28207e-05, 6.73529e-08, 1.14591e-05, 1.76907e-07),
        LinearRow(.h200, "Llama-2-7b", 8, 4.04401e-05, 4.03928e-08, 1.17281e-05, 1.11387e-07),
        LinearRow(.h200, "Llama-3-8B", 1, 0.000143466, 2.16511e-07, -3.19842e-05, 7.05113e-07),
        LinearRow(.h200, "Llama-3-8B", 2, 8.38537e-05, 1.1026e-07, -3.81787e-06, 3.53176e-07),
        LinearRow(.h200, "Llama-3-8B", 4, 5.60536e-05, 7.15637e-08, 8.1518e-06, 1.94375e-07),
        LinearRow(.h200, "Llama-3-8B", 8, 4.13124e-05, 4.6856e-08, 1.07643e-05, 1.20198e-07),
        LinearRow(.h200, "Llama-70B", 1, 0.000469054, 5.07144e-07, -8.90625e-05, 2.48499e-06),
        LinearRow(.h200, "Llama-70B", 2, 0.000251406, 2.68663e-07, -6.87063e-05, 1.28696e-06),
        LinearRow(.h200, "Llama-70B", 4, 0.000137723, 1.45272e-07, -3.24454e-05, 6.62929e-07),
        LinearRow(.h200, "Llama-70B", 8, 8.26621e-05, 1.02617e-07, -2.64009e-06, 3.64362e-07),
        LinearRow(.h200, "Qwen2.5-14B", 1, 0.000175267, 2.31763e-07, -3.65582e-05, 8.51713e-07),
        LinearRow(.h200, "Qwen2.5-14B", 2, 9.89561e-05, 1.191e-07, -1.1444e-05, 4.42174e-07),
        LinearRow(.h200, "Qwen2.5-14B", 4, 6.25552e-05, 7.6095e-08, 1.08257e-05, 2.39307e-07),
        LinearRow(.h200, "Qwen2.5-14B", 8, 4.63419e-05, 4.83239e-08, 1.30894e-05, 1.47928e-07),
        LinearRow(.h200, "Qwen2.5-72B", 1, 0.000483482, 4.08362e-07, -1.49893e-05, 2.49197e-06),
        LinearRow(.h200, "Qwen2.5-72B", 2, 0.000257065, 2.76328e-07, -6.95684e-05, 1.31926e-06),
        LinearRow(.h200, "Qwen2.5-72B", 4, 0.000140133, 1.46771e-07, -3.2459e-05, 6.77145e-07),
        LinearRow(.h200, "Qwen2.5-72B", 8, 8.37852e-05, 1.06854e-07, -1.04556e-06, 3.69002e-07),
        LinearRow(.h200, "Qwen2.5-7B", 1, 0.000152076, 2.2714e-07, -3.81842e-05, 7.63381e-07),
        LinearRow(.h200, "Qwen2.5-7B", 2, 8.58918e-05, 1.23822e-07, -1.13752e-05, 3.89774e-07),
        LinearRow(.h200, "Qwen2.5-7B", 4, 5.67048e-05, 7.19387e-08, 8.86517e-06, 2.04317e-07),
    ]

    /// Device, heads, heads of keys and values; for each device the most heads first.
    static let attention: [AttentionRow] = [
        AttentionRow(
            .a100, 64, 64,
            DeviceCostModel.Prefill(8.47385e-06, 7.33665e-08, 1.73257e-10),
            nil),
        AttentionRow(
            .a100, 64, 8,
            DeviceCostModel.Prefill(1.0148e-05, 4.03863e-08, 1.75165e-10),
            DeviceCostModel.Decode(1.73224e-05, 1.72874e-05, 2.70941e-07, 2.57758e-09)),
        AttentionRow(
            .a100, 40, 8,
            DeviceCostModel.Prefill(9.28849e-06, 3.01427e-08, 1.10598e-10),
            DeviceCostModel.Decode(1.53482e-05, 1.72672e-05, 2.4702e-07, 2.56923e-09)),
        AttentionRow(
            .a100, 32, 32,
            DeviceCostModel.Prefill(9.16932e-06, 3.68241e-08, 8.80364e-11),
            nil),
        AttentionRow(
            .a100, 32, 8,
            DeviceCostModel.Prefill(9.92627e-06, 2.63965e-08, 8.91962e-11),
            DeviceCostModel.Decode(1.7552e-05, 1.73344e-05, 2.34485e-07, 2.49622e-09)),
        AttentionRow(
            .a100, 32, 4,
            DeviceCostModel.Prefill(1.00172e-05, 2.53046e-08, 8.95214e-11),
            DeviceCostModel.Decode(1.74163e-05, 1.77556e-05, 1.30511e-07, 1.33864e-09)),
        AttentionRow(
            .a100, 16, 16,
            DeviceCostModel.Prefill(9.76825e-06, 2.20682e-08, 4.50607e-11),
            nil),
        AttentionRow(
            .a100, 16, 4,
            DeviceCostModel.Prefill(1.00089e-05, 1.81838e-08, 4.54477e-11),
            DeviceCostModel.Decode(1.76556e-05, 1.78327e-05, 1.1392e-07, 1.30497e-09)),
        AttentionRow(
            .a100, 16, 2,
            DeviceCostModel.Prefill(1.04771e-05, 1.20783e-08, 4.54185e-11),
            DeviceCostModel.Decode(1.54025e-05, 1.80524e-05, 5.92208e-08, 7.06988e-10)),
        AttentionRow(
            .a100, 8, 8,
            DeviceCostModel.Prefill(1.02065e-05, 1.57702e-08, 2.31831e-11),
            DeviceCostModel.Decode(1.11813e-05, 1.00175e-05, 1.9456e-07, 2.51002e-09)),
        AttentionRow(
            .a100, 8, 2,
            DeviceCostModel.Prefill(1.07224e-05, 8.38522e-09, 2.32485e-11),
            DeviceCostModel.Decode(1.74066e-05, 1.79949e-05, 5.18351e-08, 6.76003e-10)),
        AttentionRow(
            .a100, 8, 1,
            DeviceCostModel.Prefill(1.13483e-05, 5.41102e-09, 2.30951e-11),
            DeviceCostModel.Decode(1.28002e-05, 1.29013e-05, 1.84643e-08, 3.61095e-10)),
        AttentionRow(
            .a100, 4, 4,
            DeviceCostModel.Prefill(1.05437e-05, 1.25248e-08, 1.24905e-11),
            DeviceCostModel.Decode(1.10349e-05, 1.0317e-05, 9.50167e-08, 1.31976e-09)),
        AttentionRow(
            .a100, 4, 1,
            DeviceCostModel.Prefill(1.15825e-05, 3.5768e-09, 1.22221e-11),
            DeviceCostModel.Decode(1.26651e-05, 1.29116e-05, 1.78344e-08, 3.49327e-10)),
        AttentionRow(
            .h100, 64, 64,
            DeviceCostModel.Prefill(9.60403e-06, 4.83517e-08, 4.68889e-11),
            nil),
        AttentionRow(
            .h100, 64, 8,
            DeviceCostModel.Prefill(1.14646e-05, 2.18751e-08, 4.78548e-11),
            DeviceCostModel.Decode(1.22821e-05, 9.30625e-06, 2.08925e-07, 1.31518e-09)),
        AttentionRow(
            .h100, 40, 8,
            DeviceCostModel.Prefill(1.19142e-05, 1.83075e-08, 2.95833e-11),
            DeviceCostModel.Decode(1.25571e-05, 8.98262e-06, 2.04488e-07, 1.33776e-09)),
        AttentionRow(
            .h100, 32, 32,
            DeviceCostModel.Prefill(1.01105e-05, 2.48238e-08, 2.33504e-11),
            nil),
        AttentionRow(
            .h100, 32, 8,
            DeviceCostModel.Prefill(1.17611e-05, 1.38744e-08, 2.32988e-11),
            DeviceCostModel.Decode(1.22183e-05, 9.48549e-06, 1.97406e-07, 1.30723e-09)),
        AttentionRow(
            .h100, 32, 4,
            DeviceCostModel.Prefill(1.16045e-05, 1.3263e-08, 2.32877e-11),
            DeviceCostModel.Decode(1.24171e-05, 9.10927e-06, 1.09867e-07, 6.55687e-10)),
        AttentionRow(
            .h100, 16, 16,
            DeviceCostModel.Prefill(1.12453e-05, 1.32665e-08, 1.15455e-11),
            nil),
        AttentionRow(
            .h100, 16, 4,
            DeviceCostModel.Prefill(1.24345e-05, 9.151e-09, 1.16058e-11),
            DeviceCostModel.Decode(1.2265e-05, 9.91357e-06, 1.0005e-07, 6.43364e-10)),
        AttentionRow(
            .h100, 16, 2,
            DeviceCostModel.Prefill(1.26384e-05, 6.00801e-09, 1.15909e-11),
            DeviceCostModel.Decode(1.21298e-05, 9.92429e-06, 5.58774e-08, 3.33971e-10)),
        AttentionRow(
            .h100, 8, 8,
            DeviceCostModel.Prefill(1.19179e-05, 8.73906e-09, 5.7712e-12),
            DeviceCostModel.Decode(1.2241e-05, 9.60199e-06, 1.90462e-07, 1.29896e-09)),
        AttentionRow(
            .h100, 8, 2,
            DeviceCostModel.Prefill(1.33174e-05, 4.0981e-09, 5.80736e-12),
            DeviceCostModel.Decode(1.21405e-05, 1.01551e-05, 5.41823e-08, 3.29574e-10)),
        AttentionRow(
            .h100, 8, 1,
            DeviceCostModel.Prefill(1.32401e-05, 3.05035e-09, 5.80714e-12),
            DeviceCostModel.Decode(1.15256e-05, 1.15444e-05, 2.81676e-08, 1.66106e-10)),
        AttentionRow(
            .h100, 4, 4,
            DeviceCostModel.Prefill(1.21215e-05, 6.65047e-09, 3.02121e-12),
            DeviceCostModel.Decode(1.22608e-05, 1.03213e-05, 9.38336e-08, 6.4204e-10)),
        AttentionRow(
            .h100, 4, 1,
            DeviceCostModel.Prefill(1.35735e-05, 2.00489e-09, 3.03719e-12),
            DeviceCostModel.Decode(1.16563e-05, 1.17095e-05, 2.65917e-08, 1.66125e-10)),
        AttentionRow(
            .h200, 64, 64,
            DeviceCostModel.Prefill(1.07686e-05, 3.917e-08, 4.81983e-11),
            nil),
        AttentionRow(
            .h200, 64, 8,
            DeviceCostModel.Prefill(1.1265e-05, 2.12951e-08, 4.88233e-11),
            DeviceCostModel.Decode(1.22327e-05, 9.64596e-06, 2.10489e-07, 9.80146e-10)),
        AttentionRow(
            .h200, 40, 8,
            DeviceCostModel.Prefill(1.19734e-05, 1.75679e-08, 3.01144e-11),
            DeviceCostModel.Decode(1.22193e-05, 9.85642e-06, 2.00078e-07, 9.69357e-10)),
        AttentionRow(
            .h200, 32, 32,
            DeviceCostModel.Prefill(1.08173e-05, 2.03723e-08, 2.39932e-11),
            nil),
        AttentionRow(
            .h200, 32, 8,
            DeviceCostModel.Prefill(1.1802e-05, 1.32263e-08, 2.38349e-11),
            DeviceCostModel.Decode(1.20996e-05, 1.00589e-05, 1.95713e-07, 9.47965e-10)),
        AttentionRow(
            .h200, 32, 4,
            DeviceCostModel.Prefill(1.16504e-05, 1.28928e-08, 2.37115e-11),
            DeviceCostModel.Decode(1.20206e-05, 1.05063e-05, 1.04125e-07, 4.72921e-10)),
        AttentionRow(
            .h200, 16, 16,
            DeviceCostModel.Prefill(1.14704e-05, 1.14901e-08, 1.17733e-11),
            nil),
        AttentionRow(
            .h200, 16, 4,
            DeviceCostModel.Prefill(1.20632e-05, 8.79736e-09, 1.17342e-11),
            DeviceCostModel.Decode(1.17672e-05, 1.10982e-05, 9.55721e-08, 4.62748e-10)),
        AttentionRow(
            .h200, 16, 2,
            DeviceCostModel.Prefill(1.26134e-05, 5.85528e-09, 1.16301e-11),
            DeviceCostModel.Decode(1.14437e-05, 1.13923e-05, 5.09673e-08, 2.40493e-10)),
        AttentionRow(
            .h200, 8, 8,
            DeviceCostModel.Prefill(1.16581e-05, 8.14253e-09, 5.89858e-12),
            DeviceCostModel.Decode(1.20059e-05, 1.033e-05, 1.89911e-07, 9.22201e-10)),
        AttentionRow(
            .h200, 8, 2,
            DeviceCostModel.Prefill(1.3027e-05, 3.88401e-09, 5.88722e-12),
            DeviceCostModel.Decode(1.13468e-05, 1.13391e-05, 5.04143e-08, 2.35833e-10)),
        AttentionRow(
            .h200, 8, 1,
            DeviceCostModel.Prefill(1.31255e-05, 2.9852e-09, 5.83211e-12),
            DeviceCostModel.Decode(1.14291e-05, 1.14218e-05, 2.99509e-08, 1.22856e-10)),
        AttentionRow(
            .h200, 4, 4,
            DeviceCostModel.Prefill(1.20113e-05, 6.36003e-09, 3.06783e-12),
            DeviceCostModel.Decode(1.14404e-05, 1.14572e-05, 9.00317e-08, 4.60978e-10)),
        AttentionRow(
            .h200, 4, 1,
            DeviceCostModel.Prefill(1.34561e-05, 1.91866e-09, 3.06423e-12),
            DeviceCostModel.Decode(1.16125e-05, 1.15913e-05, 2.82169e-08, 1.22598e-10)),
    ]

    /// Device, parts, small and large messages: the engine's kernels, captured.
    static let captured: [AllReduceRow] = [
        AllReduceRow(
            .a100, 2, AllReduce.Message(4.89415e-06, 5.04574e-06, 4.99584e-12),
            AllReduce.Message(8.968e-05, 4.26886e-05, 5.13988e-12)),
        AllReduceRow(
            .a100, 4, AllReduce.Message(5.20223e-06, 5.47881e-06, 1.0334e-11),
            AllReduce.Message(2.75983e-05, 6.21328e-05, 6.88712e-12)),
        AllReduceRow(
            .a100, 8, AllReduce.Message(6.12142e-06, 6.20814e-06, 1.09072e-11),
            AllReduce.Message(0.000127795, 7.01665e-05, 7.89658e-12)),
        AllReduceRow(
            .h100, 2, AllReduce.Message(4.25e-06, 4.27441e-06, 3.8333e-12),
            AllReduce.Message(4.17017e-05, 2.13742e-05, 3.27638e-12)),
        AllReduceRow(
            .h100, 4, AllReduce.Message(4.58e-06, 4.70397e-06, 6.8295e-12),
            AllReduce.Message(1.17522e-05, 1.96619e-05, 4.41663e-12)),
        AllReduceRow(
            .h100, 8, AllReduce.Message(4.68e-06, 5.11283e-06, 7.15696e-12),
            AllReduce.Message(5.07e-05, 1.99171e-05, 4.07213e-12)),
        AllReduceRow(
            .h200, 2, AllReduce.Message(4.46027e-06, 4.42335e-06, 3.79245e-12),
            AllReduce.Message(4.299e-05, 1.84709e-05, 3.26854e-12)),
        AllReduceRow(
            .h200, 4, AllReduce.Message(4.50874e-06, 4.66781e-06, 6.54698e-12),
            AllReduce.Message(1.18612e-05, 1.71497e-05, 4.3867e-12)),
        AllReduceRow(
            .h200, 8, AllReduce.Message(4.92337e-06, 5.04751e-06, 6.52409e-12),
            AllReduce.Message(1.08375e-05, 1.78906e-05, 3.95417e-12)),
    ]

    /// The same by calls of a library, each with 20 µs to launch it. That of the H200 is
    /// the H100's.
    static let launched: [AllReduceRow] = [
        AllReduceRow(
            .a100, 2, AllReduce.Message(6.47012e-05, 6.32388e-05, 5.90177e-12),
            AllReduce.Message(6.47012e-05, 6.32388e-05, 5.90177e-12)),
        AllReduceRow(
            .a100, 4, AllReduce.Message(4e-05, 5.81859e-05, 9.12252e-12),
            AllReduce.Message(4e-05, 5.81859e-05, 9.12252e-12)),
        AllReduceRow(
            .a100, 8, AllReduce.Message(5.85115e-05, 6.56972e-05, 1.12414e-11),
            AllReduce.Message(5.85115e-05, 6.56972e-05, 1.12414e-11)),
        AllReduceRow(
            .h100, 2, AllReduce.Message(2.7e-05, 4.02741e-05, 3.31751e-12),
            AllReduce.Message(2.7e-05, 4.02741e-05, 3.31751e-12)),
        AllReduceRow(
            .h100, 4, AllReduce.Message(5.94369e-05, 4.52723e-05, 4.23364e-12),
            AllReduce.Message(5.94369e-05, 4.52723e-05, 4.23364e-12)),
        AllReduceRow(
            .h100, 8, AllReduce.Message(4.73349e-05, 4.95545e-05, 5.09449e-12),
            AllReduce.Message(4.73349e-05, 4.95545e-05, 5.09449e-12)),
        AllReduceRow(
            .h200, 2, AllReduce.Message(2.7e-05, 4.02741e-05, 3.31751e-12),
            AllReduce.Message(2.7e-05, 4.02741e-05, 3.31751e-12)),
        AllReduceRow(
            .h200, 4, AllReduce.Message(5.94369e-05, 4.52723e-05, 4.23364e-12),
            AllReduce.Message(5.94369e-05, 4.52723e-05, 4.23364e-12)),
        AllReduceRow(
            .h200, 8, AllReduce.Message(4.73349e-05, 4.95545e-05, 5.09449e-12),
            AllReduce.Message(4.73349e-05, 4.95545e-05, 5.09449e-12)),
    ]
}
