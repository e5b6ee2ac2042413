package import Inference
package import Scheduling

extension ModelArithmetic {
    /// The arithmetic of a model's layers, for a cost model without measurements.
    package init(_ model: ModelConfiguration, computeType: ComputeType = .bf16) {
        let attention = 2 * (model.queryWidth + model.keyValueWidth)
        let layer = model.hiddenSize * (attention + 3 * model.intermediateSize)
        self.init(
            layerCount: model.layerCount, queryWidth: model.queryWidth,
            keyValueWidth: model.keyValueWidth, parameters: model.layerCount * layer)
        bytesPerElement = computeType.elementSize
    }
}
