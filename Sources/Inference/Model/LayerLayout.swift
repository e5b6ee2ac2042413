/// The memory of one transformer layer, the same for all layers but for the tensors' names.
struct LayerLayout: Hashable {
    let unit: UnitLayout
    let inputNorm: Int
    /// Queries, keys, values.
    let queryKeyValue: MatrixLayout
    let queryNorm: Int?
    let keyNorm: Int?
    let attentionOutput: MatrixLayout
    let postNorm: Int
    /// Gate, up.
    let gateUp: MatrixLayout
    let down: MatrixLayout

    init(_ model: ModelConfiguration, layer: Int, type: ComputeType) {
        let prefix = "model.layers.\(layer)."
        let attention = prefix + "self_attn."
        let mlp = prefix + "mlp."
        var unit = UnitLayout(type: type)
        inputNorm = unit.addVector(prefix + "input_layernorm.weight", count: model.hiddenSize)
        queryKeyValue = unit.addMatrix(
            [
                (attention + "q_proj", model.queryWidth),
                (attention + "k_proj", model.keyValueWidth),
                (attention + "v_proj", model.keyValueWidth),
            ], depth: model.hiddenSize, bias: model.biases.queryKeyValue)
        let heads = model.queryKeyNorm ? model.headDimension : nil
        queryNorm = heads.map { unit.addVector(attention + "q_norm.weight", count: $0) }
        keyNorm = heads.map { unit.addVector(attention + "k_norm.weight", count: $0) }
        attentionOutput = unit.addMatrix(
            [(attention + "o_proj", model.hiddenSize)], depth: model.queryWidth,
            bias: model.biases.attentionOutput)
        postNorm = unit.addVector(
            prefix + "post_attention_layernorm.weight", count: model.hiddenSize)
        gateUp = unit.addMatrix(
            [
                (mlp + "gate_proj", model.intermediateSize),
                (mlp + "up_proj", model.intermediateSize),
            ], depth: model.hiddenSize, bias: model.biases.mlp)
        down = unit.addMatrix(
            [(mlp + "down_proj", model.hiddenSize)], depth: model.intermediateSize,
            bias: model.biases.mlp)
        self.unit = unit
    }
}
